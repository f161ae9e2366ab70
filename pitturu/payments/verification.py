"""The browser says that the buyer has paid. PortOne is asked, and only PortOne is believed."""

from dataclasses import dataclass

from pitturu.domain import clock, retry_policy
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.errors import Conflict, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import HOLDS_GOODS, OPEN, SessionStatus
from pitturu.payments import inquiry, timeline
from pitturu.payments.checkout import unknown_session
from pitturu.payments.handlers import WorkerContext
from pitturu.payments.inquiry import Inquiry
from pitturu.payments.recheck import watch
from pitturu.store import owned_sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class VerifyRequest:
    """What PortOne's window told the browser: of V1 the first two, of V2 the others. It proves nothing."""

    imp_uid: str | None = None
    merchant_uid: str | None = None
    payment_id: str | None = None
    transaction_id: str | None = None


def request_verification(work: UnitOfWork, username: str, reported: VerifyRequest, request_id: str) -> PaymentSession:
    """Have PortOne asked about this user's order.

    Raises NotFound, Conflict when an attempt's id alone fits several open sessions, Unprocessable when nothing is told.
    """
    session = _find(work, username, reported)
    if session.state in HOLDS_GOODS:
        return session
    session.plan(JobName.VERIFY, clock.now())
    session.request_id = request_id
    if session.state in OPEN and session.state is not SessionStatus.AWAITING_DEPOSIT:
        cause = Cause(CauseKind.VERIFY, Origin.BUYER, username, clock.now(), request_id)
        timeline.move(work, session, SessionStatus.VERIFYING, cause)
    work.wake(JobName.VERIFY)
    return session


def _find(work: UnitOfWork, username: str, reported: VerifyRequest) -> PaymentSession:
    """By the order, which V1 calls `merchant_uid` and V2 `paymentId`; else by the attempt."""
    order = reported.merchant_uid or reported.payment_id
    if order is not None:
        session = owned_sessions.lock_by_order(work, order, username)
        if session is None:
            raise unknown_session()
        return session
    attempt = reported.imp_uid or reported.transaction_id
    if attempt is None:
        raise Unprocessable("nothing_to_verify", "Send payment_id (V2), or merchant_uid, imp_uid, or both (V1).")
    candidates = owned_sessions.lock_by_payment(work, attempt, username)
    if not candidates:
        raise unknown_session()
    if len(candidates) > 1:
        raise Conflict("several_sessions", "You have several open sessions. Send payment_id or merchant_uid as well.")
    return candidates[0]


def _then(context: WorkerContext, work: UnitOfWork, session: PaymentSession, claimed: Inquiry) -> None:
    if session.state is not SessionStatus.VERIFYING:
        session.done(claimed.until)
    elif session.due_at == claimed.until and retry_policy.NOT_YET.exhausted(session.attempts):
        _back_to_waiting(work, session, claimed)
    else:
        session.again(claimed.until, retry_policy.NOT_YET, "PortOne knows of no payment yet.")
    watch(work, session, context.settings)


def _back_to_waiting(work: UnitOfWork, session: PaymentSession, claimed: Inquiry) -> None:
    """The buyer has not paid after all. What a hasty browser skipped, telling PortOne the amount, is made up for."""
    target = SessionStatus.PREPARED if session.prepared_at else SessionStatus.CREATED
    timeline.move(work, session, target, Cause(CauseKind.VERIFY, Origin.PORTONE, None, clock.now(), claimed.request_id))
    session.done(claimed.until)
    if target is SessionStatus.CREATED:
        session.plan(JobName.PREPARE, clock.now())
        work.wake(JobName.PREPARE)


HANDLER = inquiry.job(JobName.VERIFY, CauseKind.VERIFY, _then)
