"""Verifies a payment that the browser reports: only PortOne's answer counts."""

from dataclasses import dataclass

from sqlalchemy import not_

from pitturu.domain import clock
from pitturu.domain.batch import Question
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision.checkout import report_payment
from pitturu.domain.decision.schedule import after_verification
from pitturu.domain.errors import Conflict, Unprocessable
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import Generation
from pitturu.payments import batch_questions, inquiry
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.checkout import existing
from pitturu.payments.loaded_order import load_session
from pitturu.payments.session_handlers import ClaimedSession
from pitturu.store import owned_sessions, webhook_questions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class VerifyRequest:
    """What PortOne's payment window reported to the browser: V1 the first two, V2 the next two. It proves nothing.

    `closed` says that it reported no payment: it was closed, or the payment was declined.
    """

    imp_uid: str | None = None
    merchant_uid: str | None = None
    payment_id: str | None = None
    transaction_id: str | None = None
    closed: bool = False


def request_verification(
    work: UnitOfWork, username: str, reported: VerifyRequest, request_id: str, only: str | None = None
) -> PaymentSession:
    """Schedule the verification of this user's order; with `only`, of no other session than this one.

    Raises NotFound, Conflict when an attempt's id matches several open sessions, Unprocessable when no id is given.
    """
    session = _find(work, username, reported, only)
    cause = Cause(CauseKind.VERIFY, Origin.BUYER, username, clock.now(), request_id)
    order = load_session(session)
    if effects := report_payment(order.order, cause.asked_at, reported.closed):
        apply_effects(work, order, effects, cause)
        session.request_id = request_id
    return session


def _find(work: UnitOfWork, username: str, reported: VerifyRequest, only: str | None) -> PaymentSession:
    """By the order, which V1 calls `merchant_uid` and V2 `paymentId`; else by the attempt."""
    order = reported.merchant_uid or reported.payment_id
    if order is not None:
        return existing(owned_sessions.lock_by_order(work, order, username, only))
    attempt = reported.imp_uid or reported.transaction_id
    if attempt is None:
        raise Unprocessable("nothing_to_verify", "Send payment_id (V2), or merchant_uid, imp_uid, or both (V1).")
    candidates = owned_sessions.lock_by_payment(work, attempt, username, only)
    if len(candidates) > 1:
        raise Conflict("several_sessions", "You have several open sessions. Send payment_id or merchant_uid as well.")
    return existing(next(iter(candidates), None))


def _question(claimed: ClaimedSession) -> Question | None:
    """The first question about an order that was reported as paid.

    Where no payment was reported, or PortOne knew of none before, all attempts are needed.
    """
    reported = claimed.status == SessionStatus.VERIFYING and claimed.attempts == 1
    if claimed.generation != Generation.V1 or not reported:
        return None
    return Question(claimed.merchant_uid, claimed.amount, claimed.currency)


HANDLER = inquiry.job(
    JobName.VERIFY,
    CauseKind.VERIFY,
    after_verification,
    queue=Queue.BUYERS,
    doing="asking PortOne whether it was paid",
    batch_call=batch_questions.batch_call(JobName.VERIFY, _question),
    may_start=lambda lease: not_(webhook_questions.being_asked(lease)),
)
