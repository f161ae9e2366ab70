"""Somebody wants money back: what is asked for is checked and promised here; the worker half is in `returning`."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitturu.domain import clock
from pitturu.domain.banks import BankNotSupported, refund_bank
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, Origin, origin_of
from pitturu.domain.decision.refunds import begin_anew
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import PayMethod, RefundAccount
from pitturu.payments import timeline
from pitturu.payments.apply_effects import write_cancel
from pitturu.payments.loaded_order import known_cancel
from pitturu.store import cancellations, history, inventory
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CancelRequest:
    """`amount` in won or `quantity` in pieces; neither means all that is left."""

    reason: str
    amount: int | None = None
    quantity: int | None = None
    refund_account: RefundAccount | None = None


def request_cancel(
    work: UnitOfWork, payment_id: str, username: str, operator: bool, wish: CancelRequest, request_id: str
) -> Payment:
    """Promise a cancel.

    Raises NotFound, NotAllowed (a bare amount by the buyer), Conflict (nothing left, already going back),
    Unprocessable (values).
    """
    payment = visible_payment(payment_id, username, operator)
    if wish.amount is not None and (not operator or payment.user_username == username):
        raise _amount_by_buyer()
    session = work.lock_session(payment.owner)
    payment = work.payments_of(session.id)[payment.imp_uid]
    every = cancellations.of_payment(payment.id)
    rows = [row for row in every if row.is_undecided]
    origin = origin_of(username, session.user_username)
    cause = Cause(CauseKind.CANCEL, origin, username, clock.now(), request_id)
    row = _help_along(payment, every, wish) or _out_of_tries(payment, rows)
    row = row or _new_row(work, session, payment, rows, wish, cause)
    row.ask_now(request_id)
    _revive(rows)
    detail = f"{row.amount} KRW: {wish.reason}"[:500]
    timeline.write(work, session, cause, EventKind.CANCEL_REQUESTED, payment_key=payment.id, detail=detail)
    work.wake(JobName.CANCEL)
    return payment


def visible_payment(payment_id: str, username: str, operator: bool) -> Payment:
    """The payment, if this caller may see it. Raises NotFound otherwise, whoever it belongs to."""
    payment = history.by_public_id(payment_id)
    if payment is None or payment.session_key is None or (payment.user_username != username and not operator):
        raise NotFound("payment_not_found", "You have no such payment. GET /api/v1/me/payments lists yours.")
    return payment


def _amount_by_buyer() -> NotAllowed:
    """A buyer who names an amount would keep the goods and take their price back. Operators are buyers of their own
    purchases here."""
    complaint = "Leave amount out: cancel in full, or by quantity."
    return NotAllowed(
        "amount_for_operators_only",
        "Buyers cancel a purchase in full (send neither amount nor quantity) or by quantity, so that the goods come "
        "back with the money. A refund by amount is made by an operator of the shop, for somebody else's purchase.",
        {"amount": [complaint]},
    )


def _help_along(payment: Payment, rows: Sequence[Cancellation], wish: CancelRequest) -> Cancellation | None:
    """An automatic refund may need a person: to name an account, or to insist after a refusal or its last try."""
    automatic = next((row for row in rows if row.origin == Origin.SYSTEM and row.kind == CancelKind.REFUND), None)
    if automatic is None or payment.remaining <= 0:
        return None
    if automatic.stage in (CancelStage.NEEDS_ACCOUNT, CancelStage.REFUSED):
        automatic.refund_account = _account(payment, wish)
        automatic.amount = payment.remaining
        write_cancel(begin_anew(known_cancel(automatic, payment.imp_uid)), automatic)
        return automatic
    return automatic if automatic.is_undecided and automatic.last_error else None


def _out_of_tries(payment: Payment, rows: list[Cancellation]) -> Cancellation | None:
    """A cancel that used up its tries and leaves nothing else to ask for: asking again means that one."""
    dead = next((row for row in rows if row.dead_at is not None), None)
    promised = sum(row.amount for row in rows)
    all_promised = payment.paid_at is None or promised >= payment.remaining
    return dead if dead is not None and all_promised else None


def _revive(rows: list[Cancellation]) -> None:
    """Cancels of one payment go one after the other: one that used up its tries would hold up all that follow."""
    for row in rows:
        if row.dead_at is not None:
            row.ask_now()


def _new_row(
    work: UnitOfWork,
    session: PaymentSession,
    payment: Payment,
    rows: list[Cancellation],
    wish: CancelRequest,
    cause: Cause,
) -> Cancellation:
    if payment.status == SessionStatus.AWAITING_DEPOSIT:
        row = _revoke(payment, rows, wish)
    elif payment.paid_at is None:
        raise Conflict("nothing_to_cancel", f"This payment is {payment.status}: no money was taken, none can go back.")
    elif not payment.accepted:
        raise Conflict("already_going_back", "This payment was not accepted and is being refunded in full already.")
    else:
        row = _refund(session, payment, rows, wish)
    row.payment_key, row.session_key, row.reason = payment.id, session.id, wish.reason
    row.origin, row.name = cause.origin, cause.name
    if row.quantity is not None:
        (line,) = work.lines_of(session.id)
        row.line_key = line.id
    work.session.add(row)
    work.session.flush()
    return row


def _revoke(payment: Payment, rows: list[Cancellation], wish: CancelRequest) -> Cancellation:
    partial = wish.quantity is not None or wish.amount not in (None, payment.amount)
    if partial:
        raise Unprocessable("not_paid_yet", "Nothing was deposited yet, so only the whole payment can be cancelled.")
    if rows:
        raise Conflict("already_going_back", "This virtual account is being withdrawn already.")
    return Cancellation(kind=CancelKind.REVOKE, amount=0)


def _refund(session: PaymentSession, payment: Payment, rows: list[Cancellation], wish: CancelRequest) -> Cancellation:
    promised = sum(row.amount for row in rows)
    left = payment.remaining - promised
    if left <= 0:
        raise Conflict("nothing_left", "All of this payment has gone back already, or is on its way.")
    amount, pieces = _amount_and_pieces(session, rows, wish, left)
    if amount > left:
        complaint = f"Only {left} KRW can still be cancelled."
        raise Unprocessable("amount_too_large", f"{complaint} Ask for that or less.", {"amount": [complaint]})
    row = Cancellation(kind=CancelKind.REFUND, amount=amount, quantity=pieces)
    row.refund_account = _account(payment, wish)
    return row


def _amount_and_pieces(
    session: PaymentSession, rows: list[Cancellation], wish: CancelRequest, left: int
) -> tuple[int, int | None]:
    """Won and pieces of a new cancel. Only a refund by amount names no pieces.

    A cancel of all that is left names all pieces that no earlier cancel names: should one of those be refused, the
    pieces of this one come back all the same.
    """
    if wish.amount is not None and wish.quantity is not None:
        raise Unprocessable("amount_or_quantity", "Send amount or quantity, not both.")
    if wish.amount is not None:
        return wish.amount, None
    pieces = inventory.granted(session.id) - sum(row.quantity or 0 for row in rows)
    if wish.quantity is None:
        return left, pieces or None
    if wish.quantity > pieces:
        complaint = f"Only {pieces} pieces can still be given back."
        raise Unprocessable("quantity_too_large", complaint, {"quantity": [complaint]})
    return wish.quantity * session.unit_price, wish.quantity


def _account(payment: Payment, wish: CancelRequest) -> RefundAccount | None:
    """The account for a deposited virtual account; other methods return the money to where it came from."""
    if payment.pay_method != PayMethod.VBANK:
        return None
    if wish.refund_account is None:
        raise Unprocessable(
            "refund_account_needed",
            "A deposit goes back by bank transfer. Send refund_account with bank, number and holder.",
            {"refund_account": ["Missing for a virtual account that was paid."]},
        )
    try:
        refund_bank(payment.pg_provider, wish.refund_account.bank)
    except BankNotSupported as error:
        complaint = "This payment cannot be refunded to that bank. Name an account at another one."
        raise Unprocessable("bank_not_supported", complaint, {"refund_account.bank": [complaint]}) from error
    return wish.refund_account
