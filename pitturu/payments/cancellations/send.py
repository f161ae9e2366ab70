"""The worker half of a cancel. It is sent once, and asked about before it is ever sent again.

Before a cancel leaves, its row says `sent` in a committed transaction. Whatever happens then (an answer, a lost answer,
a killed worker), the next step of a `sent` row is a question, and only an unchanged balance lets it be sent again. On
top, PortOne refuses a cancel that names another balance than its own, so the same cancel moves money once; and V2
knows the same order by its key for three hours, after which the question alone protects, as it does in V1 always.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from pitturu.domain import clock, retry_policy
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import (
    CancelOrder,
    CancelState,
    PaymentRef,
    ProviderCancellation,
    ProviderPayment,
    Receipt,
)
from pitturu.extensions import db
from pitturu.payments import provider_state, timeline
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.inquiry import policy_for
from pitturu.payments.recheck import watch
from pitturu.payments.session_handlers import prefetch
from pitturu.store import cancellations, claims
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

Answer = ProviderPayment | Receipt | None


@dataclass(frozen=True)
class Step:
    """One step of one cancel: to send it (`order` for a refund, none for a revoke), or to ask what became of it."""

    key: UUID
    session_key: UUID
    until: datetime
    generation: str
    payment: PaymentRef
    pg_provider: str
    send: bool
    order: CancelOrder | None
    claimed_at: datetime
    request_id: str | None
    origin: Origin
    name: str | None


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Step]:
    rows = claims.claim(work, Cancellation, room, context.settings.lease)
    keys = {row.payment_key for row in rows}
    query = select(Payment, PaymentSession.generation).join(PaymentSession, PaymentSession.id == Payment.session_key)
    found = {
        payment.id: (payment, generation)
        for payment, generation in db.session.execute(query.where(Payment.id.in_(keys)))
    }
    return [_step(row, *found[row.payment_key]) for row in rows]


def _step(row: Cancellation, payment: Payment, generation: str) -> Step:
    """What to do next about a claimed row. A row that is about to leave is marked as sent in this transaction."""
    send = row.stage == CancelStage.REQUESTED
    order, ref = None, PaymentRef(payment.imp_uid, payment.merchant_uid)
    if send:
        row.stage, row.balance, row.refusal = CancelStage.SENT, payment.remaining, None
        if row.kind == CancelKind.REFUND:
            order = CancelOrder(
                payment=ref,
                amount=row.amount,
                balance=payment.remaining,
                reason=row.reason,
                pg_provider=payment.pg_provider,
                key=row.key,
                by_buyer=row.origin == Origin.BUYER,
                refund_account=row.refund_account,
            )
    return Step(
        key=row.id,
        session_key=row.session_key,
        until=row.due_at or clock.now(),
        generation=generation,
        payment=ref,
        pg_provider=payment.pg_provider,
        send=send,
        order=order,
        claimed_at=clock.now(),
        request_id=row.request_id,
        origin=Origin(row.origin),
        name=row.name,
    )


def _ask(context: WorkerContext, step: Step) -> Answer:
    gateway = context.gateway(step.generation)
    if not step.send:
        return gateway.payment(step.payment)
    if step.order is None:
        return gateway.revoke(step.payment, step.pg_provider)
    return gateway.cancel(step.order)


def _apply(context: WorkerContext, work: UnitOfWork, step: Step, answer: Answer | GatewayError) -> None:
    session = work.lock_session(step.session_key)
    row = cancellations.by_key(step.key)
    if isinstance(answer, ProviderPayment):
        cause = Cause(CauseKind.CANCEL, step.origin, step.name, step.claimed_at, step.request_id)
        provider_state.apply_provider_state(work, session, [answer], cause, context.settings, complete=False)
        _look_at_the_whole(work, session, context)
    # A worker that was frozen beyond its lease brings news (above), but what to do next is no longer its to decide.
    if row.is_undecided and row.due_at == step.until:
        if step.send:
            _after_sending(work, row, step, answer)
        elif not isinstance(answer, Receipt):
            _after_asking(work, session, row, step, answer)
    if not row.is_undecided:
        # The next cancel of this payment, if there is one, has been waiting for this.
        work.wake(JobName.CANCEL)


def _look_at_the_whole(work: UnitOfWork, session: PaymentSession, context: WorkerContext) -> None:
    """One attempt says nothing about the others: what an open session has come to is asked about all of them."""
    if session.is_open:
        session.plan(JobName.VERIFY, clock.now())
        work.wake(JobName.VERIFY)
    else:
        watch(work, session, context.settings)


def _after_sending(work: UnitOfWork, row: Cancellation, step: Step, answer: Answer | GatewayError) -> None:
    """Not confirmed yet. All but a cancel that surely never left is asked about next."""
    if isinstance(answer, Receipt):
        row.provider_cancellation_id = answer.cancellation_id or None
        row.again_at_once(step.until)
        work.wake(JobName.CANCEL)
    elif not isinstance(answer, GatewayError):
        row.again(step.until, retry_policy.ASK_FIRST, "PortOne answered, but the cancel does not show yet.")
    elif answer.reaction in (Reaction.STOP, Reaction.DONE):
        row.refusal = answer.words
        row.again_at_once(step.until)
        work.wake(JobName.CANCEL)
    elif answer.reaction is Reaction.ASK_FIRST:
        row.again(step.until, retry_policy.ASK_FIRST, answer.words)
    else:
        row.stage = CancelStage.REQUESTED
        row.again(step.until, policy_for(answer), answer.words)
        if row.kind == CancelKind.REVOKE and answer.reaction is Reaction.CALL_HUMAN:
            # Its stock is held meanwhile, so nobody should learn of it hours later. A replay may overtake the next
            # try, which a refund must never risk; a withdrawal moves no money.
            row.needs_a_person()


def _after_asking(
    work: UnitOfWork,
    session: PaymentSession,
    row: Cancellation,
    step: Step,
    answer: ProviderPayment | GatewayError | None,
) -> None:
    """PortOne was asked, and the cancel does not show, or not as executed."""
    if isinstance(answer, GatewayError):
        row.again(step.until, policy_for(answer), answer.words)
        return
    if answer is None:
        row.again(step.until, retry_policy.CALL_HUMAN, "PortOne does not know this payment any more.")
        return
    payment = work.payments_of(session.id)[step.payment.provider_id]
    if (pending := _pending(row, answer)) is not None:
        row.provider_cancellation_id = pending.cancellation_id
        row.again(
            step.until, retry_policy.AT_THE_PG, "PortOne has the cancel, and the PG has not decided about it yet."
        )
        return
    if _failed(row, answer):
        row.refusal = row.refusal or "The PG took the cancel and could not carry it out."
    moved = payment.remaining != row.balance
    if moved and row.amount == row.balance and payment.remaining > 0:
        # All that was left was to go back, and somebody gave back a part of it meanwhile: the rest is meant.
        row.amount = payment.remaining
    _not_executed(work, session, payment, row, step, moved)


def _not_executed(
    work: UnitOfWork, session: PaymentSession, payment: Payment, row: Cancellation, step: Step, moved: bool
) -> None:
    """Refused for good, or to be sent (again). `moved` says that the balance is not the one that was sent."""
    fits = row.kind == CancelKind.REVOKE or 0 < row.amount <= payment.remaining
    if fits and (row.refusal is None or moved):
        # Never executed; or refused because the balance was another one, and it still fits the new balance.
        row.stage, row.provider_cancellation_id = CancelStage.REQUESTED, None
        row.again(
            step.until, retry_policy.TRY_AGAIN, row.refusal or "The cancel had not been executed; it is sent again."
        )
        return
    if row.origin == Origin.SYSTEM and row.kind == CancelKind.REFUND and payment.remaining > 0:
        # Nobody waits for an automatic refund and would notice: it is tried for hours, and then a person has to look.
        words = row.refusal or "It does not fit what is left of the payment."
        row.begin_anew()
        row.again(step.until, retry_policy.CALL_HUMAN, words)
        return
    row.refusal = row.refusal or "The money went back in another way."
    row.decide(CancelStage.REFUSED)
    cause = Cause(CauseKind.CANCEL, Origin.PORTONE, None, step.claimed_at, step.request_id)
    timeline.note(work, session, payment, cause, EventKind.CANCEL_REFUSED, row.refusal)


def _pending(row: Cancellation, answer: ProviderPayment) -> ProviderCancellation | None:
    """Our cancel, where the PG still decides about it: known by its id, or by its amount when the answer got lost."""
    waiting = [one for one in answer.cancellations if one.state is CancelState.PENDING]
    named = next((one for one in waiting if one.cancellation_id == row.provider_cancellation_id), None)
    unnamed = row.provider_cancellation_id is None and row.kind == CancelKind.REFUND
    return named or next((one for one in waiting if unnamed and one.amount == row.amount), None)


def _failed(row: Cancellation, answer: ProviderPayment) -> bool:
    """Whether PortOne took our cancel at first, and the PG said no afterwards."""
    failed = {one.cancellation_id for one in answer.cancellations if one.state is CancelState.FAILED}
    return row.provider_cancellation_id in failed


def _postpone(work: UnitOfWork, step: Step, words: str) -> None:
    work.lock_session(step.session_key)
    cancellations.by_key(step.key).again(step.until, retry_policy.CALL_HUMAN, words)


HANDLER: JobHandler[Step, Answer] = JobHandler(JobName.CANCEL, Cancellation, _claim, _ask, _apply, _postpone, prefetch)
