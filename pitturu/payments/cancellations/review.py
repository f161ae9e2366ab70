"""What a person decides about cancels: returns that buyers request, and large refunds of other operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from pitturu.domain import clock
from pitturu.domain.cancellation import AWAITS_REVIEW, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin, origin_of
from pitturu.domain.decision import KnownCancel
from pitturu.domain.decision import cancel_policy as decisions
from pitturu.domain.decision.cancel_policy import Beside, CancelPolicy, ReviewRefusal
from pitturu.domain.errors import Conflict, NotAllowed, NotFound
from pitturu.domain.jobs import JobName
from pitturu.domain.roles import Permission, Requester, may, permission_needed
from pitturu.extensions import db
from pitturu.payments import loaded_order, timeline
from pitturu.payments.apply_effects import write_cancel
from pitturu.payments.cancellations.possible import options_of, refund_account, require_possible
from pitturu.payments.loaded_order import known_cancel
from pitturu.store import cancellations, history
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

WITHDRAWN: Final = "withdrawn by the buyer"
"""The `refusal` of a return that its buyer does not want any more."""


@dataclass(frozen=True)
class Reviewed:
    """A cancel that waits for a person, or was just decided, with its payment and all cancels of that, oldest first."""

    session: PaymentSession
    payment: Payment
    row: Cancellation
    every: Sequence[Cancellation]

    def known(self) -> KnownCancel:
        """The cancel as a fact."""
        return known_cancel(self.row, self.payment.imp_uid)

    def beside(self, work: UnitOfWork) -> Beside:
        """What the cancel is compared with."""
        others = [known_cancel(row, self.payment.imp_uid) for row in self.every if row.id != self.row.id]
        return Beside(self.payment.remaining, loaded_order.load(work, self.session).order, others)


def awaiting(limit: int) -> Sequence[tuple[Cancellation, Payment]]:
    """What waits for a person, the longest waiting first."""
    query = (
        select(Cancellation, Payment)
        .join(Payment, Payment.id == Cancellation.payment_key)
        .where(Cancellation.stage.in_(AWAITS_REVIEW))
        .order_by(Cancellation.created_at, Cancellation.id)
        .limit(limit)
    )
    return [(row, payment) for row, payment in db.session.execute(query)]


def approve(
    work: UnitOfWork, cancellation_id: str, requester: Requester, policy: CancelPolicy, request_id: str
) -> Reviewed:
    """Let a cancel go. A return of much money waits for a second operator then.

    Raises NotFound, NotAllowed (permission; one's own purchase; the same person twice), Conflict (decided already),
    Unprocessable (the PG cannot execute it any more).
    """
    found = _lock(work, cancellation_id)
    _require_right(found, requester)
    decided = decisions.approve(found.known(), found.beside(work), requester.username, policy)
    if isinstance(decided, ReviewRefusal):
        raise _refusal(decided, found.row)
    partial = decided.amount < found.payment.remaining
    options = options_of(found.payment, [row for row in found.every if row.id != found.row.id])
    require_possible(options, "quantity" if partial else None)
    refund_account(found.payment, options, found.row.refund_account)
    write_cancel(decided, found.row)
    if decided.stage is CancelStage.REQUESTED:
        found.row.send_last(work.session)
        found.row.make_due(request_id)
        work.wake(JobName.CANCEL)
    _note(work, found, requester, EventKind.CANCEL_APPROVED, request_id, f"{decided.amount} KRW")
    return found


def reject(work: UnitOfWork, cancellation_id: str, requester: Requester, reason: str, request_id: str) -> Reviewed:
    """Refuse a cancel, with a reason that the buyer reads. The operator who requested it may take it back this way.

    Raises NotFound, NotAllowed, Conflict (decided already).
    """
    found = _lock(work, cancellation_id)
    if (found.row.origin, found.row.name) != (Origin.OPERATOR, requester.username):
        _require_right(found, requester)
    _reject(work, found, requester, reason, request_id)
    return found


def withdraw(work: UnitOfWork, payment_id: str, cancellation_id: str, requester: Requester, request_id: str) -> Payment:
    """The buyer does not want to return it any more. Raises NotFound, Conflict (decided already)."""
    found = _lock(work, cancellation_id)
    payment, row = found.payment, found.row
    if payment.payment_id != payment_id or not requester.owns(payment.user_username):
        raise _unknown()
    if row.stage != CancelStage.RETURN_REQUESTED or row.name != requester.username:
        raise _refusal(ReviewRefusal.NOTHING_TO_REVIEW, row)
    _reject(work, found, requester, WITHDRAWN, request_id)
    return payment


def _reject(work: UnitOfWork, found: Reviewed, requester: Requester, reason: str, request_id: str) -> None:
    decided = decisions.reject(found.known(), reason)
    if isinstance(decided, ReviewRefusal):
        raise _refusal(decided, found.row)
    write_cancel(decided, found.row)
    if decided.stage is CancelStage.NEEDS_ACCOUNT:
        found.row.refund_account = None
    _note(work, found, requester, EventKind.CANCEL_REJECTED, request_id, f"{decided.amount} KRW: {reason}")


def _lock(work: UnitOfWork, cancellation_id: str) -> Reviewed:
    """The cancel under the lock of its session, read after the lock was taken. Raises NotFound."""
    query = select(Cancellation).where(Cancellation.cancellation_id == cancellation_id)
    row = work.session.scalar(query)
    if row is None or row.session_key is None:
        raise _unknown()
    session = work.lock_session(row.session_key)
    payment = history.by_key(row.payment_key)
    every = cancellations.of_payment(row.payment_key)
    return Reviewed(session, payment, next(one for one in every if one.id == row.id), every)


def _require_right(found: Reviewed, requester: Requester) -> None:
    """Raises NotAllowed. Nobody decides about an own purchase, whatever the role."""
    is_return = found.row.stage == CancelStage.RETURN_REQUESTED
    needed = Permission.DECIDE_RETURN if is_return else Permission.APPROVE_CANCEL
    if not may(requester.role, needed):
        raise permission_needed(needed)
    if requester.owns(found.payment.user_username):
        raise NotAllowed("own_purchase", "Another operator has to decide about your own purchase.")


def _note(
    work: UnitOfWork, found: Reviewed, requester: Requester, kind: EventKind, request_id: str, detail: str
) -> None:
    origin = origin_of(requester.username, found.session.user_username)
    cause = Cause(CauseKind.CANCEL, origin, requester.username, clock.now(), request_id)
    timeline.write(work, found.session, cause, kind, payment_key=found.payment.id, detail=detail[:500])


def _refusal(why: ReviewRefusal, row: Cancellation) -> Conflict | NotAllowed:
    if why is ReviewRefusal.SECOND_PERSON_NEEDED:
        detail = "You let this refund go already. Because of its amount, another operator has to approve it."
        return NotAllowed(why, detail)
    if why is ReviewRefusal.NOTHING_LEFT:
        return Conflict(why, "All of this payment went back already, or is on its way: reject this one.")
    return Conflict(why, f"This cancel is {row.stage}: nobody has to decide about it.")


def _unknown() -> NotFound:
    return NotFound("cancellation_not_found", "There is no such cancel. GET /api/v1/operations/approvals lists them.")
