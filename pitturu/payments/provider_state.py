"""Whatever PortOne says about an order, and whoever asked, is applied to the session here and nowhere else.

The caller holds the session's row lock. The same answer twice changes nothing; a late answer still counts. Answers may
arrive out of order, so nothing here takes back what an earlier, fresher answer established.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause
from pitturu.domain.lifecycle import MOVES, SessionStatus, after_money
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import MISMATCHES, Expectation, Verdict, compare
from pitturu.payments import inventory, timeline
from pitturu.payments.cancellations import match
from pitturu.payments.payment_records import remember
from pitturu.payments.virtual_accounts import await_deposit
from pitturu.store import cancellations
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def apply_provider_state(
    work: UnitOfWork,
    session: PaymentSession,
    attempts: Iterable[ProviderPayment],
    cause: Cause,
    settings: Settings,
    *,
    complete: bool = True,
) -> None:
    """Write down what PortOne says about attempts to pay this session, and conclude what it means.

    `complete` says that these are all attempts: from some of them nobody can tell that a session is over.
    """
    known = work.payments_of(session.id)
    heard_before = set(known)
    shown = sorted(_ours(session, attempts), key=lambda attempt: attempt.started_at or _LONG_AGO)
    for attempt in shown:
        payment = remember(session, known, attempt)
        if payment is None:
            continue
        if attempt.money_came and payment.verdict is None:
            _decide_verdict(work, session, known, payment, attempt, cause, settings)
        rows = cancellations.of_payment(payment.id) if payment.imp_uid in heard_before else []
        match.match_cancellations(work, session, payment, rows, attempt, cause)
        if payment.verdict is not None and not payment.accepted:
            match.open_automatic_refund(work, session, payment, cause)
    if any(attempt.exclusive for attempt in shown):
        _close_superseded(known, shown)
    kept = next((payment for payment in known.values() if payment.accepted), None)
    if kept is not None:
        session.provider_status = kept.provider_status
        timeline.move(work, session, after_money(kept.amount, kept.cancelled_amount), cause)
    elif complete and shown:
        session.provider_status = shown[-1].word[:50]
    if kept is not None or session.state is SessionStatus.MISMATCHED:
        _withdraw_accounts(work, session, known, cause)
    elif complete:
        _conclude(work, session, known, shown, cause, settings)


def _close_superseded(known: dict[str, Payment], shown: list[ProviderPayment]) -> None:
    """PortOne lets no second attempt of such an order be paid, so an account that an earlier one issued is dead."""
    provider_ids = {attempt.provider_id for attempt in shown}
    for payment in known.values():
        if payment.status == SessionStatus.AWAITING_DEPOSIT and payment.imp_uid not in provider_ids:
            payment.status = SessionStatus.CANCELLED
            match.close_revocations(payment)


def _ours(session: PaymentSession, attempts: Iterable[ProviderPayment]) -> list[ProviderPayment]:
    """Only what carries our order number. Another order's money is not ours to keep and not ours to give back."""
    shown = list(attempts)
    for attempt in shown:
        if attempt.order_id != session.merchant_uid:
            log.error("portone_answered_for_another_order", extra={"merchant_uid": session.merchant_uid})
    return [attempt for attempt in shown if attempt.order_id == session.merchant_uid]


def _decide_verdict(
    work: UnitOfWork,
    session: PaymentSession,
    known: dict[str, Payment],
    payment: Payment,
    attempt: ProviderPayment,
    cause: Cause,
    settings: Settings,
) -> None:
    """Money came: is it the money we asked for, and may it stay?"""
    session.provider_status = attempt.word[:50]
    expected = Expectation(session.merchant_uid, session.amount, session.currency, settings.portone_environment)
    verdict = compare(expected, attempt)
    if verdict is Verdict.ACCEPTED:
        verdict = _accept_or_late(work, session, known, attempt, settings)
    payment.verdict = verdict
    timeline.money(work, session, payment, payment.amount, cause, detail=verdict)
    if verdict is Verdict.ACCEPTED:
        _accept(work, session, payment, cause)
        return
    if verdict in MISMATCHES and SessionStatus.MISMATCHED in MOVES[session.state]:
        timeline.move(work, session, SessionStatus.MISMATCHED, cause, detail=verdict)
        inventory.release(work, session)


def _accept_or_late(
    work: UnitOfWork, session: PaymentSession, known: dict[str, Payment], attempt: ProviderPayment, settings: Settings
) -> Verdict:
    """Whether a correct payment may still pay this session. Reserves the goods again where it may.

    One that a newer session of its buyer has replaced holds no goods any more, so its payment is late.
    """
    if any(payment.accepted for payment in known.values()):
        return Verdict.DUPLICATE
    if session.is_open and not inventory.was_replaced(session):
        return Verdict.ACCEPTED
    # A buyer whose first card was declined and who pays with a second one in time is not late.
    in_time = session.state is SessionStatus.FAILED and (attempt.paid_at or clock.now()) < session.expires_at
    welcome = in_time or settings.late_payment == "accept"
    given_back = attempt.cancelled_amount >= attempt.amount
    may = SessionStatus.PAID in MOVES[session.state] and welcome and not given_back
    return Verdict.ACCEPTED if may and inventory.hold_again(work, session) else Verdict.LATE


def _accept(work: UnitOfWork, session: PaymentSession, payment: Payment, cause: Cause) -> None:
    session.imp_uid, session.paid_at, session.fail_reason = payment.imp_uid, payment.paid_at, None
    session.pay_method = payment.pay_method[:20] or session.pay_method
    timeline.move(work, session, SessionStatus.PAID, cause)
    inventory.grant(work, session)


def _withdraw_accounts(work: UnitOfWork, session: PaymentSession, known: dict[str, Payment], cause: Cause) -> None:
    """The matter is decided: virtual accounts that still wait for money must not get any."""
    for payment in known.values():
        if payment.status == SessionStatus.AWAITING_DEPOSIT:
            match.withdraw_account(work, session, payment, "다른 결제로 완료된 주문의 가상계좌 말소", cause)


def _conclude(
    work: UnitOfWork,
    session: PaymentSession,
    known: dict[str, Payment],
    shown: list[ProviderPayment],
    cause: Cause,
    settings: Settings,
) -> None:
    """What all attempts together mean for a session that no money was accepted for."""
    waiting = [attempt for attempt in shown if attempt.awaits_deposit and _still_waits(known[attempt.provider_id])]
    if waiting:
        await_deposit(work, session, known[waiting[-1].provider_id], waiting[-1], cause, settings)
    elif session.is_open:
        _close(work, session, [attempt for attempt in shown if _counts(session, known.get(attempt.provider_id))], cause)


def _still_waits(payment: Payment) -> bool:
    """An account that was paid into or withdrawn never waits again, whatever an older answer says."""
    return payment.paid_at is None and payment.status != SessionStatus.CANCELLED


def _counts(session: PaymentSession, payment: Payment | None) -> bool:
    """A buyer who tries again starts anew: what was declined before the session was reopened is settled."""
    return payment is None or session.reopened_at is None or payment.created_at >= session.reopened_at


NOT_OVER = frozenset({ProviderStatus.READY, ProviderStatus.PENDING, ProviderStatus.UNKNOWN, ProviderStatus.PAID})
"""What an attempt may be while money can still come of it."""


def _close(work: UnitOfWork, session: PaymentSession, shown: list[ProviderPayment], cause: Cause) -> None:
    """Nothing was paid and nothing is awaited: has it failed, was it withdrawn, is the time over, or not yet?"""
    states = {attempt.status for attempt in shown}
    over = states and not states & NOT_OVER
    if over and shown[-1].status is ProviderStatus.FAILED:
        session.fail_reason = shown[-1].fail_reason or "The payment was declined."
        target = SessionStatus.FAILED
    elif over:
        target = SessionStatus.CANCELLED
    elif cause.asked_at >= session.expires_at and ProviderStatus.PENDING not in states:
        target = SessionStatus.EXPIRED
    else:
        return
    timeline.move(work, session, target, cause, detail=session.fail_reason)
    inventory.release(work, session)
