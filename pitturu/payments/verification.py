"""The browser says that the buyer has paid. PortOne is asked, and only PortOne is believed."""

from dataclasses import dataclass

from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import Conflict, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, OPEN, SessionStatus
from pitturu.payments import inquiry, timeline
from pitturu.payments.checkout import unknown_session
from pitturu.payments.handlers import Desk
from pitturu.payments.inquiry import Inquiry
from pitturu.payments.recheck import watch
from pitturu.payments.timeline import News
from pitturu.store import sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import wake


@dataclass(frozen=True)
class Told:
    """What PortOne's window told the browser: of V1 the first two, of V2 the others. It proves nothing."""

    imp_uid: str | None = None
    merchant_uid: str | None = None
    payment_id: str | None = None
    transaction_id: str | None = None


def request(username: str, told: Told, request_id: str) -> PaymentSession:
    """Have PortOne asked about this user's order.

    Raises NotFound, Conflict when an attempt's id alone fits several open sessions, Unprocessable when nothing is told.
    """
    session = _find(username, told)
    if session.state in HOLDS_GOODS:
        return session
    session.plan(JobName.VERIFY, clock.now())
    session.request_id = request_id
    if session.state in OPEN and session.state is not SessionStatus.AWAITING_DEPOSIT:
        timeline.move(session, SessionStatus.VERIFYING, News("verify", username, clock.now(), request_id))
    wake(JobName.VERIFY)
    return session


def _find(username: str, told: Told) -> PaymentSession:
    """By the order, which V1 calls `merchant_uid` and V2 `paymentId`; else by the attempt."""
    order = told.merchant_uid or told.payment_id
    if order is not None:
        session = sessions.owned_by_order(order, username)
        if session is None:
            raise unknown_session()
        return session
    attempt = told.imp_uid or told.transaction_id
    if attempt is None:
        raise Unprocessable("nothing_to_verify", "Send payment_id (V2), or merchant_uid, imp_uid, or both (V1).")
    candidates = sessions.owned_by_payment(attempt, username)
    if not candidates:
        raise unknown_session()
    if len(candidates) > 1:
        raise Conflict("several_sessions", "You have several open sessions. Send payment_id or merchant_uid as well.")
    return candidates[0]


def _then(desk: Desk, session: PaymentSession, question: Inquiry) -> None:
    if session.state is not SessionStatus.VERIFYING:
        session.done(question.until)
    elif session.due_at == question.until and retry_policy.NOT_YET.exhausted(session.attempts):
        _back_to_waiting(session, question)
    else:
        session.again(question.until, retry_policy.NOT_YET, "PortOne knows of no payment yet.")
    watch(session, desk.settings)


def _back_to_waiting(session: PaymentSession, question: Inquiry) -> None:
    """The buyer has not paid after all. What a hasty browser skipped, telling PortOne the amount, is made up for."""
    target = SessionStatus.PREPARED if session.prepared_at else SessionStatus.CREATED
    timeline.move(session, target, News("verify", "portone", clock.now(), question.request_id))
    session.done(question.until)
    if target is SessionStatus.CREATED:
        session.plan(JobName.PREPARE, clock.now())
        wake(JobName.PREPARE)


JOB = inquiry.job(JobName.VERIFY, "verify", _then)
