"""Verifies a payment that the browser reports: only PortOne's answer counts."""

from dataclasses import dataclass

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision.checkout import report_payment
from pitturu.domain.decision.schedule import after_verification
from pitturu.domain.errors import Conflict, Unprocessable
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments import inquiry
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.checkout import existing
from pitturu.payments.loaded_order import load_session
from pitturu.store import owned_sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class VerifyRequest:
    """What PortOne's payment window reported to the browser: V1 the first two, V2 the others. It proves nothing."""

    imp_uid: str | None = None
    merchant_uid: str | None = None
    payment_id: str | None = None
    transaction_id: str | None = None


def request_verification(
    work: UnitOfWork, username: str, reported: VerifyRequest, request_id: str, only: str | None = None
) -> PaymentSession:
    """Schedule the verification of this user's order; with `only`, of no other session than this one.

    Raises NotFound, Conflict when an attempt's id matches several open sessions, Unprocessable when no id is given.
    """
    session = _find(work, username, reported, only)
    cause = Cause(CauseKind.VERIFY, Origin.BUYER, username, clock.now(), request_id)
    order = load_session(session)
    if effects := report_payment(order.order, cause.asked_at):
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


HANDLER = inquiry.job(
    JobName.VERIFY,
    CauseKind.VERIFY,
    after_verification,
    queue=Queue.BUYERS,
    doing="asking PortOne whether it was paid",
)
