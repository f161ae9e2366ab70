"""The one road: whatever PortOne says about an order, and whoever asked, is written into the session here.

The caller holds the session's row lock. Hearing something twice is not news; hearing it late is still true: answers may
arrive out of order, so nothing here ever takes back what an earlier, fresher answer established.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from pitturu.domain import clock
from pitturu.domain.lifecycle import CLOSED, MOVES, SessionStatus, after_money
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import MISMATCHES, Expectation, Verdict, compare
from pitturu.payments import goods, refunds, timeline
from pitturu.payments.deposit import await_deposit
from pitturu.payments.records import remember
from pitturu.payments.timeline import News
from pitturu.settings import Settings
from pitturu.store import history
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession

log = logging.getLogger(__name__)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def hear(session: PaymentSession, attempts: Iterable[ProviderPayment], news: News, settings: Settings) -> None:
    """Write down what PortOne says about every attempt to pay this session, and conclude what it means."""
    known = history.of_session(session.id)
    told = sorted(_ours(session, attempts), key=lambda attempt: attempt.started_at or _LONG_AGO)
    for attempt in told:
        payment = remember(session, known, attempt)
        if payment is None:
            continue
        if attempt.money_came and payment.verdict is None:
            _judge(session, known, payment, attempt, news, settings)
        refunds.sync(session, payment, attempt, news)
        if payment.verdict is not None and not payment.accepted:
            refunds.give_back(session, payment, news)
    if told:
        session.provider_status = told[-1].word[:50]
    _conclude(session, known, told, news, settings)


def _ours(session: PaymentSession, attempts: Iterable[ProviderPayment]) -> list[ProviderPayment]:
    """Only what carries our order number. Another order's money is not ours to keep and not ours to give back."""
    told = list(attempts)
    for attempt in told:
        if attempt.order_id != session.merchant_uid:
            log.error("portone_answered_for_another_order", extra={"merchant_uid": session.merchant_uid})
    return [attempt for attempt in told if attempt.order_id == session.merchant_uid]


def _judge(
    session: PaymentSession,
    known: dict[str, Payment],
    payment: Payment,
    attempt: ProviderPayment,
    news: News,
    settings: Settings,
) -> None:
    """Money came: is it the money we asked for, and may it stay?"""
    session.provider_status = attempt.word[:50]
    expected = Expectation(session.merchant_uid, session.amount, session.currency, settings.portone_environment)
    verdict = compare(expected, attempt)
    if verdict is Verdict.ACCEPTED:
        verdict = _welcome(session, known, attempt, settings)
    payment.verdict = verdict
    timeline.money(session, payment, payment.amount, news, detail=verdict)
    if verdict is Verdict.ACCEPTED:
        _accept(session, known, payment, news)
        return
    if verdict in MISMATCHES and SessionStatus.MISMATCHED in MOVES[session.state]:
        timeline.move(session, SessionStatus.MISMATCHED, news, detail=verdict)
        goods.release(session)


def _welcome(
    session: PaymentSession, known: dict[str, Payment], attempt: ProviderPayment, settings: Settings
) -> Verdict:
    """Whether a correct payment may still pay this session. Takes the goods off the shelf again where it may."""
    if any(payment.accepted for payment in known.values()):
        return Verdict.DUPLICATE
    if session.is_open:
        return Verdict.ACCEPTED
    # A buyer whose first card was declined and who pays with a second one in time is not late.
    in_time = session.state is SessionStatus.FAILED and (attempt.paid_at or clock.now()) < session.expires_at
    welcome = in_time or settings.late_payment == "accept"
    given_back = attempt.cancelled_amount >= attempt.amount
    may = SessionStatus.PAID in MOVES[session.state] and welcome and not given_back
    return Verdict.ACCEPTED if may and goods.hold_again(session) else Verdict.LATE


def _accept(session: PaymentSession, known: dict[str, Payment], payment: Payment, news: News) -> None:
    session.imp_uid, session.paid_at, session.fail_reason = payment.imp_uid, payment.paid_at, None
    session.pay_method = payment.pay_method[:20] or session.pay_method
    timeline.move(session, SessionStatus.PAID, news)
    goods.grant(session)
    for other in known.values():
        if other is not payment and other.status == SessionStatus.AWAITING_DEPOSIT:
            refunds.withdraw_account(session, other, "paid in another way", news)


def _conclude(
    session: PaymentSession,
    known: dict[str, Payment],
    told: list[ProviderPayment],
    news: News,
    settings: Settings,
) -> None:
    """What all attempts together mean for the session."""
    kept = next((payment for payment in known.values() if payment.accepted), None)
    waiting = [attempt for attempt in told if attempt.awaits_deposit]
    if kept is not None:
        timeline.move(session, after_money(kept.amount, kept.cancelled_amount), news)
    elif session.state is SessionStatus.MISMATCHED:
        return
    elif waiting:
        await_deposit(session, known[waiting[-1].provider_id], waiting[-1], news, settings)
    elif session.is_open:
        _close(session, told, news)


def _close(session: PaymentSession, told: list[ProviderPayment], news: News) -> None:
    """Nothing was paid and nothing is awaited: has it failed, was it withdrawn, is the time over, or not yet?"""
    states = {attempt.status for attempt in told}
    over = states and not states & {ProviderStatus.READY, ProviderStatus.UNKNOWN, ProviderStatus.PAID}
    if over and told[-1].status is ProviderStatus.FAILED:
        session.fail_reason = told[-1].fail_reason or "The payment was declined."
        target = SessionStatus.FAILED
    elif over:
        target = SessionStatus.CANCELLED
    elif news.asked_at >= session.expires_at:
        target = SessionStatus.EXPIRED
    else:
        return
    timeline.move(session, target, news, detail=session.fail_reason)
    if target in CLOSED:
        goods.release(session)
