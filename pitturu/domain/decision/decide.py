"""What PortOne's answer about an order means: which payment is accepted, what goes back, how the order stands.

The same answer twice adds nothing; a late answer still counts. Answers may arrive out of order, so nothing here takes
back what an earlier, fresher answer established.
"""

from datetime import datetime
from typing import Final

from pitturu.domain.decision import deposits, refunds
from pitturu.domain.decision.attempts import compare, known_from, save, save_attempt
from pitturu.domain.decision.draft import Draft, StockNeeded
from pitturu.domain.decision.effects import (
    Accept,
    Effect,
    Grant,
    Money,
    Move,
    NeedsStock,
    Observe,
    OpenWindow,
    ReleaseStock,
)
from pitturu.domain.decision.facts import LONG_AGO, Answer, Facts, KnownPayment, Policy, Stock
from pitturu.domain.lifecycle import SessionStatus, after_money
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import MISMATCHES, Verdict

NOT_OVER: Final = frozenset({ProviderStatus.READY, ProviderStatus.PENDING, ProviderStatus.UNKNOWN, ProviderStatus.PAID})
"""What an attempt may be while money can still come of it."""


def decide(facts: Facts, answer: Answer, policy: Policy, now: datetime) -> tuple[Effect, ...] | NeedsStock:
    """The effects of PortOne's answer on an order, or what has to be reserved before that can be decided.

    Attempts of other orders are ignored: their money is not ours to keep and not ours to give back.
    """
    draft = Draft(facts)
    try:
        _decide(draft, answer, policy, now)
    except StockNeeded as interrupted:
        return interrupted.needs
    return tuple(draft.effects)


def _decide(draft: Draft, answer: Answer, policy: Policy, now: datetime) -> None:
    ours = [attempt for attempt in answer.shown if attempt.order_id == draft.order.order_id]
    shown = sorted(ours, key=lambda attempt: attempt.started_at or LONG_AGO)
    if shown and draft.order.is_open and draft.order.window_until is not None:
        # PortOne knows of an attempt, so the window was opened, whether or not the browser reported it.
        draft.add(OpenWindow())
    for attempt in shown:
        payment = known_from(draft.facts, attempt, now)
        if payment is None:
            continue
        judged = attempt.money_came and payment.verdict is None
        if judged:
            payment = payment._replace(verdict=_verdict(draft, attempt, policy, now))
        save_attempt(draft, payment, attempt)
        if judged:
            _enter(draft, draft.payment(attempt.provider_id), now)
        refunds.match(draft, attempt, now)
        payment = draft.payment(attempt.provider_id)
        if payment.verdict is not None and not payment.accepted:
            refunds.refund_automatically(draft, payment, now)
    if any(attempt.exclusive for attempt in shown):
        _close_superseded(draft, shown)
    kept = draft.facts.accepted
    if kept is not None:
        _observe(draft, kept.provider_status)
        _move(draft, after_money(kept.amount, kept.cancelled))
    elif answer.complete and shown:
        _observe(draft, shown[-1].word[:50])
    if kept is None and draft.can_move(SessionStatus.MISMATCHED):
        _mismatch(draft)
    if kept is not None or draft.order.status is SessionStatus.MISMATCHED:
        refunds.withdraw_waiting_accounts(draft)
    elif answer.complete:
        _conclude(draft, shown, answer, policy)


def _verdict(draft: Draft, attempt: ProviderPayment, policy: Policy, now: datetime) -> Verdict:
    """Money arrived: is it the money that was asked for, and may it stay?"""
    verdict = compare(draft.order, policy.environment, attempt)
    return _verdict_of_correct_payment(draft, attempt, policy, now) if verdict is Verdict.ACCEPTED else verdict


def _enter(draft: Draft, payment: KnownPayment, now: datetime) -> None:
    """Money that arrived is entered in the timeline, and pays the order where it was accepted."""
    _observe(draft, payment.provider_status)
    draft.add(Money(payment.provider_id, payment.amount, payment.verdict or ""))
    if payment.accepted:
        draft.add(Accept(payment.provider_id, payment.paid_at or now, payment.method))
        _move(draft, SessionStatus.PAID)
        draft.add(Grant())


def _verdict_of_correct_payment(draft: Draft, attempt: ProviderPayment, policy: Policy, now: datetime) -> Verdict:
    """Whether a payment of the right amount is kept. One order keeps one.

    An open order that holds its stock takes money even after its deadline. A closed one, or one whose stock a newer
    order of the buyer took over, keeps money that was paid in time, or late where the shop accepts that, and only if
    its pieces can be reserved again.
    """
    order = draft.order
    if draft.facts.accepted is not None:
        return Verdict.DUPLICATE
    if order.is_open and order.stock is Stock.HELD:
        return Verdict.ACCEPTED
    # Money that arrived before the deadline is not late, even if another attempt closed the order before.
    in_time = (attempt.paid_at or now) < order.pay_until
    welcome = in_time or policy.late_accepted
    gone_back = attempt.cancelled_amount >= attempt.amount
    if not (draft.can_move(SessionStatus.PAID) and welcome) or gone_back:
        return Verdict.LATE
    return Verdict.ACCEPTED if draft.has_stock() else Verdict.LATE


def _mismatch(draft: Draft) -> None:
    """Money arrived that is not what was asked for, and none that is."""
    wrong = next((one.verdict for one in draft.facts.payments.values() if one.verdict in MISMATCHES), None)
    if wrong is not None:
        draft.add(Move(SessionStatus.MISMATCHED, wrong), ReleaseStock())


def _close_superseded(draft: Draft, shown: list[ProviderPayment]) -> None:
    """PortOne lets no second attempt of such an order be paid, so an account that an earlier one issued is closed."""
    provider_ids = {attempt.provider_id for attempt in shown}
    for payment in list(draft.facts.payments.values()):
        if payment.status is SessionStatus.AWAITING_DEPOSIT and payment.provider_id not in provider_ids:
            save(draft, payment._replace(status=SessionStatus.CANCELLED))
            refunds.close_revokes(draft, payment.provider_id)


def _conclude(draft: Draft, shown: list[ProviderPayment], answer: Answer, policy: Policy) -> None:
    """What all attempts together mean for an order that no money was accepted for."""
    waiting = [
        attempt for attempt in shown if attempt.awaits_deposit and _still_waits(draft.payment(attempt.provider_id))
    ]
    if waiting:
        deposits.await_deposit(draft, waiting[-1], answer.asked_at, policy)
    elif draft.order.is_open:
        counted = [attempt for attempt in shown if _counts(draft, draft.facts.payments.get(attempt.provider_id))]
        _close(draft, counted, answer.asked_at)


def _still_waits(payment: KnownPayment) -> bool:
    """An account that was paid into or withdrawn never waits again, whatever an older answer says."""
    return payment.paid_at is None and payment.status is not SessionStatus.CANCELLED


def _counts(draft: Draft, payment: KnownPayment | None) -> bool:
    """A buyer who tries again starts anew: what was declined before the order was reopened is settled."""
    reopened_at = draft.order.reopened_at
    return payment is None or reopened_at is None or payment.created_at >= reopened_at


def _close(draft: Draft, shown: list[ProviderPayment], asked_at: datetime) -> None:
    """Nothing was paid and no deposit is awaited: declined, withdrawn, out of time, or undecided?"""
    states = {attempt.status for attempt in shown}
    over = bool(states) and not states & NOT_OVER
    if over and shown[-1].status is ProviderStatus.FAILED:
        move = Move(SessionStatus.FAILED, shown[-1].fail_reason or "The payment was declined.")
    elif over:
        move = Move(SessionStatus.CANCELLED)
    elif asked_at >= draft.order.expires_at and ProviderStatus.PENDING not in states:
        move = Move(SessionStatus.EXPIRED)
    else:
        return
    draft.add(move, ReleaseStock())


def _move(draft: Draft, target: SessionStatus) -> None:
    if draft.order.status is not target:
        draft.add(Move(target))


def _observe(draft: Draft, provider_status: str) -> None:
    if draft.order.provider_status != provider_status:
        draft.add(Observe(provider_status))
