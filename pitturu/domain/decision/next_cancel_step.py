"""One cancel, step by step. It is sent once, and asked about before it is ever sent again.

Before a cancel leaves, its row says `sent` in a committed transaction. Whatever happens then (an answer, a lost answer,
a killed worker), the next step of a `sent` cancel is a question, and only an unchanged balance lets it be sent again.
"""

from pitturu.domain import retry_policy
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import EventKind, Origin
from pitturu.domain.decision.cancel_effects import CancelDue, ChangeCancel, RetryCancel
from pitturu.domain.decision.effects import Effect, Note, Wake
from pitturu.domain.decision.facts import KnownCancel, KnownPayment
from pitturu.domain.decision.refund_shares import Taxes, taxes_of
from pitturu.domain.decision.refunds import WENT_BACK, begin_anew
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import CancelState, ProviderCancellation, ProviderPayment, Receipt

Reply = ProviderPayment | Receipt | GatewayError | None
"""What came back: the payment, a receipt without it, an error, or None for a payment that PortOne does not know."""

NOT_SHOWN: str = "PortOne answered, but the cancel does not show yet."
AT_THE_PG: str = "PortOne has the cancel, and the PG has not decided about it yet."
SENT_AGAIN: str = "The cancel had not been executed; it is sent again."
PG_FAILED: str = "The PG took the cancel and could not carry it out."
UNKNOWN_THERE: str = "PortOne does not know this payment any more."
DOES_NOT_FIT: str = "It does not fit what is left of the payment."


def before_sending(cancel: KnownCancel, payment: KnownPayment, left: Taxes) -> KnownCancel:
    """A requested cancel as it is marked in a committed transaction before it leaves.

    `left` are the taxes of what is left of the payment, of which the cancel takes its own.
    """
    taxes = taxes_of(cancel.amount, cancel.tax_free, payment.remaining, left)
    return cancel._replace(stage=CancelStage.SENT, balance=payment.remaining, refusal=None, **taxes._asdict())


def next_cancel_step(cancel: KnownCancel, payment: KnownPayment, reply: Reply, *, sent: bool) -> tuple[Effect, ...]:
    """What follows a reply about an undecided cancel: `sent` says whether the cancel was sent or asked about.

    `payment` is as it is after the reply was applied to its order (`decide`).
    """
    if sent:
        return _after_sending(cancel, reply)
    return () if isinstance(reply, Receipt) else _after_asking(cancel, payment, reply)


def _after_sending(cancel: KnownCancel, reply: Reply) -> tuple[Effect, ...]:
    """Not confirmed yet. All but a cancel that surely never left is asked about next."""
    if isinstance(reply, Receipt):
        return _at_once(cancel._replace(provider_cancellation_id=reply.cancellation_id or None))
    if not isinstance(reply, GatewayError):
        return (RetryCancel(cancel.id, retry_policy.ASK_FIRST, NOT_SHOWN),)
    if reply.reaction in (Reaction.STOP, Reaction.DONE):
        return _at_once(cancel._replace(refusal=reply.message))
    if reply.reaction is Reaction.ASK_FIRST:
        return (RetryCancel(cancel.id, retry_policy.ASK_FIRST, reply.message),)
    # The stock of a revoked account is held meanwhile, so operators see it at once. A replay may then overtake the next
    # try, which a refund must never risk; a revoke moves no money.
    seen = cancel.kind is CancelKind.REVOKE and reply.reaction is Reaction.CALL_HUMAN
    policy = retry_policy.after_error(reply.reaction)
    requested = cancel._replace(stage=CancelStage.REQUESTED)
    return ChangeCancel(requested), RetryCancel(cancel.id, policy, reply.message, seen)


def _after_asking(
    cancel: KnownCancel, payment: KnownPayment, reply: ProviderPayment | GatewayError | None
) -> tuple[Effect, ...]:
    """PortOne was asked, and the cancel does not show, or not as executed."""
    if isinstance(reply, GatewayError):
        return (RetryCancel(cancel.id, retry_policy.after_error(reply.reaction), reply.message),)
    if reply is None:
        return (RetryCancel(cancel.id, retry_policy.CALL_HUMAN, UNKNOWN_THERE),)
    if (pending := _pending(cancel, reply)) is not None:
        named = cancel._replace(provider_cancellation_id=pending.cancellation_id)
        return ChangeCancel(named), RetryCancel(cancel.id, retry_policy.AT_THE_PG, AT_THE_PG)
    if _failed(cancel, reply):
        cancel = cancel._replace(refusal=cancel.refusal or PG_FAILED)
    moved = payment.remaining != cancel.balance
    if moved and cancel.amount == cancel.balance and payment.remaining > 0:
        # The cancel was for all that was left, and a part of it was refunded meanwhile: the rest is meant.
        cancel = cancel._replace(amount=payment.remaining)
    return _not_executed(cancel, payment, moved)


def _not_executed(cancel: KnownCancel, payment: KnownPayment, moved: bool) -> tuple[Effect, ...]:
    """Refused for good, or to be sent (again). `moved` says that the balance is not the one that was sent."""
    fits = cancel.kind is CancelKind.REVOKE or 0 < cancel.amount <= payment.remaining
    if fits and (cancel.refusal is None or moved):
        # Never executed; or refused because the balance was another one, and it still fits the new balance.
        again = cancel._replace(stage=CancelStage.REQUESTED, provider_cancellation_id=None)
        return ChangeCancel(again), RetryCancel(cancel.id, retry_policy.TRY_AGAIN, cancel.refusal or SENT_AGAIN)
    if cancel.origin is Origin.SYSTEM and cancel.kind is CancelKind.REFUND and payment.remaining > 0:
        # Nobody waits for an automatic refund and would notice: it is tried for hours, and then a person has to look.
        why = cancel.refusal or DOES_NOT_FIT
        return ChangeCancel(begin_anew(cancel)), RetryCancel(cancel.id, retry_policy.CALL_HUMAN, why)
    refused = cancel._replace(stage=CancelStage.REFUSED, refusal=cancel.refusal or WENT_BACK)
    note = Note(EventKind.CANCEL_REFUSED, payment.provider_id, refused.refusal or WENT_BACK)
    return ChangeCancel(refused), note


def _at_once(cancel: KnownCancel) -> tuple[Effect, ...]:
    return ChangeCancel(cancel), CancelDue(cancel.id), Wake(JobName.CANCEL)


def _pending(cancel: KnownCancel, reply: ProviderPayment) -> ProviderCancellation | None:
    """Our cancel, where the PG still decides about it: known by its id, or by its amount when the answer got lost."""
    waiting = [one for one in reply.cancellations if one.state is CancelState.PENDING]
    named = next((one for one in waiting if one.cancellation_id == cancel.provider_cancellation_id), None)
    unnamed = cancel.provider_cancellation_id is None and cancel.kind is CancelKind.REFUND
    return named or next((one for one in waiting if unnamed and one.amount == cancel.amount), None)


def _failed(cancel: KnownCancel, reply: ProviderPayment) -> bool:
    """Whether PortOne took our cancel at first, and the PG said no afterwards."""
    failed = {one.cancellation_id for one in reply.cancellations if one.state is CancelState.FAILED}
    return cancel.provider_cancellation_id in failed
