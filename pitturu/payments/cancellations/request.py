"""Requests of cancels: they are validated and stored here, and sent by the worker (`send`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin, origin_of
from pitturu.domain.decision.refunds import begin_anew
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import RefundAccount
from pitturu.domain.roles import Permission, Requester, may, permission_needed
from pitturu.payments import timeline
from pitturu.payments.apply_effects import write_cancel
from pitturu.payments.cancellations.possible import options_of, refund_account, require_possible
from pitturu.payments.loaded_order import known_cancel
from pitturu.store import cancellations, history, inventory
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CancelRequest:
    """`amount` in won or `quantity` in pieces; neither means all that remains."""

    reason: str
    amount: int | None = None
    quantity: int | None = None
    refund_account: RefundAccount | None = None


def request_cancel(
    work: UnitOfWork, payment_id: str, requester: Requester, request: CancelRequest, request_id: str
) -> Payment:
    """Store a cancel for the worker to send.

    Raises NotFound, NotAllowed (an amount by the buyer, or a role that may not), Conflict (nothing left, or being
    refunded already), Unprocessable (values).
    """
    payment = visible_payment(payment_id, requester)
    _require_permission(payment, requester, request)
    session = work.lock_session(payment.owner)
    payment = work.payments_of(session.id)[payment.imp_uid]
    every = cancellations.of_payment(payment.id)
    rows = [row for row in every if row.is_undecided]
    origin = origin_of(requester.username, session.user_username)
    cause = Cause(CauseKind.CANCEL, origin, requester.username, clock.now(), request_id)
    row = _automatic_refund(payment, every, request) or _out_of_tries(payment, rows)
    row = row or _new_row(work, session, payment, every, request, cause)
    row.make_due(request_id)
    # Cancels of one payment are sent one after the other: a dead one would block those that follow.
    for earlier in rows:
        if earlier.dead_at is not None:
            earlier.make_due()
    detail = f"{row.amount} KRW: {request.reason}"[:500]
    timeline.write(work, session, cause, EventKind.CANCEL_REQUESTED, payment_key=payment.id, detail=detail)
    work.wake(JobName.CANCEL)
    return payment


def visible_payment(payment_id: str, requester: Requester) -> Payment:
    """The payment, if this user may see it. Raises NotFound otherwise."""
    payment = history.by_public_id(payment_id)
    if payment is None or payment.session_key is None or not requester.may_see(payment.user_username):
        raise NotFound("payment_not_found", "You have no such payment. GET /api/v1/me/payments lists yours.")
    return payment


def _require_permission(payment: Payment, requester: Requester, request: CancelRequest) -> None:
    """Raises NotAllowed. Buyers need no permission for purchases of their own, and nobody names an amount for those."""
    own = requester.owns(payment.user_username)
    if not own and not may(requester.role, Permission.CANCEL):
        raise permission_needed(Permission.CANCEL)
    if request.amount is None:
        return
    if own:
        raise _amount_by_buyer()
    if not may(requester.role, Permission.CANCEL_BY_AMOUNT):
        raise permission_needed(Permission.CANCEL_BY_AMOUNT)


def _amount_by_buyer() -> NotAllowed:
    """A buyer who cancels by amount would keep the goods and get the money back. Operators are buyers of their own
    purchases."""
    message = "Leave amount out: cancel in full, or by quantity."
    return NotAllowed(
        "amount_for_operators_only",
        "Buyers cancel a purchase in full (send neither amount nor quantity) or by quantity, so that the goods are "
        "returned with the money. Only an operator of the shop can refund by amount, for another user's purchase.",
        {"amount": [message]},
    )


def _automatic_refund(payment: Payment, rows: Sequence[Cancellation], request: CancelRequest) -> Cancellation | None:
    """An automatic refund that this request continues: it needs an account, or was refused, or failed before."""
    automatic = next((row for row in rows if row.origin == Origin.SYSTEM and row.kind == CancelKind.REFUND), None)
    if automatic is None or payment.remaining <= 0:
        return None
    if automatic.stage in (CancelStage.NEEDS_ACCOUNT, CancelStage.REFUSED):
        automatic.refund_account = refund_account(payment, options_of(payment, rows), request.refund_account)
        automatic.amount = payment.remaining
        write_cancel(begin_anew(known_cancel(automatic, payment.imp_uid)), automatic)
        return automatic
    return automatic if automatic.is_undecided and automatic.last_error else None


def _out_of_tries(payment: Payment, rows: list[Cancellation]) -> Cancellation | None:
    """A dead cancel, if nothing else is left to cancel: the request then repeats that one."""
    dead = next((row for row in rows if row.dead_at is not None), None)
    requested = sum(row.amount for row in rows)
    all_requested = payment.paid_at is None or requested >= payment.remaining
    return dead if dead is not None and all_requested else None


def _new_row(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    every: Sequence[Cancellation],
    request: CancelRequest,
    cause: Cause,
) -> Cancellation:
    if payment.status == SessionStatus.AWAITING_DEPOSIT:
        row = _revoke(payment, every, request)
    elif payment.paid_at is None:
        raise Conflict(
            "nothing_to_cancel", f"This payment is {payment.status}: no money was taken, so none can be refunded."
        )
    elif not payment.accepted:
        raise Conflict("already_going_back", "This payment was not accepted and is being refunded in full already.")
    else:
        row = _refund(session, payment, every, request)
    row.payment_key, row.session_key, row.reason = payment.id, session.id, request.reason
    row.origin, row.name = cause.origin, cause.name
    if row.quantity is not None:
        (line,) = work.lines_of(session.id)
        row.line_key = line.id
    work.session.add(row)
    work.session.flush()
    return row


def _revoke(payment: Payment, every: Sequence[Cancellation], request: CancelRequest) -> Cancellation:
    partial = request.quantity is not None or request.amount not in (None, payment.amount)
    if partial:
        raise Unprocessable("not_paid_yet", "No money was deposited yet, so only the whole payment can be cancelled.")
    if any(row.is_undecided for row in every):
        raise Conflict("already_going_back", "This virtual account is being withdrawn already.")
    return Cancellation(kind=CancelKind.REVOKE, amount=0)


def _refund(
    session: PaymentSession, payment: Payment, every: Sequence[Cancellation], request: CancelRequest
) -> Cancellation:
    rows = [row for row in every if row.is_undecided]
    requested = sum(row.amount for row in rows)
    left = payment.remaining - requested
    if left <= 0:
        raise Conflict("nothing_left", "All of this payment was refunded already, or is being refunded.")
    amount, pieces = _amount_and_pieces(session, rows, request, left)
    if amount > left:
        message = f"Only {left} KRW can still be cancelled."
        raise Unprocessable("amount_too_large", f"{message} Request that or less.", {"amount": [message]})
    options = options_of(payment, every)
    require_possible(options, _partial_field(request) if amount < left else None)
    row = Cancellation(kind=CancelKind.REFUND, amount=amount, quantity=pieces)
    row.refund_account = refund_account(payment, options, request.refund_account)
    return row


def _partial_field(request: CancelRequest) -> str:
    return "quantity" if request.amount is None else "amount"


def _amount_and_pieces(
    session: PaymentSession, rows: list[Cancellation], request: CancelRequest, left: int
) -> tuple[int, int | None]:
    """Won and pieces of a new cancel. Only a refund by amount has no pieces.

    A cancel of all that remains has all pieces that no earlier cancel has, so that they are returned even if an earlier
    one is refused.
    """
    if request.amount is not None and request.quantity is not None:
        raise Unprocessable("amount_or_quantity", "Send amount or quantity, not both.")
    if request.amount is not None:
        return request.amount, None
    pieces = inventory.granted(session.id) - sum(row.quantity or 0 for row in rows)
    if request.quantity is None:
        return left, pieces or None
    if request.quantity > pieces:
        message = f"Only {pieces} pieces can still be returned."
        raise Unprocessable("quantity_too_large", message, {"quantity": [message]})
    return request.quantity * session.unit_price, request.quantity
