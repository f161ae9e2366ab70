"""The representation of a payment for its owner, or for an operator."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pitturu.api import shop_server
from pitturu.api.caller import Caller
from pitturu.api.presenter import Presenter
from pitturu.domain import clock
from pitturu.domain.banks import bank_name
from pitturu.domain.cash_receipts import CASH_METHODS
from pitturu.domain.cause import EventKind, Origin, origin_of
from pitturu.domain.decision.cancel_policy import AT_ONCE, WayNow
from pitturu.domain.decision.cancel_request import way_now
from pitturu.domain.roles import Permission
from pitturu.payments.cancellations.possible import options_of
from pitturu.payments.loaded_order import known_line
from pitturu.services import services
from pitturu.store import cancellations, cash_receipts, events, payment_lines, sessions, shipments
from pitturu.store.cancellations import Cancellation
from pitturu.store.events import PaymentEvent
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.shipments import EscrowShipment

FOR_OPERATORS: Final = (EventKind.COMPARED, EventKind.REPLAYED, EventKind.RECEIPT_DIFFERS)
"""Lines of a timeline that are written for the shop."""


def full(payment: Payment, caller: Caller) -> Presenter:
    """For FullPaymentSchema, with five more queries."""
    rows, order = cancellations.of_payment(payment.id), sessions.totals_of(payment.owner)
    lines = payment_lines.of_session(payment.owner)
    timeline = [_line_of_timeline(line, caller, payment) for line in events.of_session(payment.owner)]
    return Presenter(
        payment,
        **order,
        user_id=shop_server.user_id(payment.user_username or ""),
        lines=lines_of(lines, rows, payment, caller),
        shipment=shipment_of(payment),
        cancellations=[cancel_of(row) for row in rows],
        cancellation_options=options(payment, caller, rows, lines),
        cash_receipt=receipt_of(payment, order),
        timeline=[line for line in timeline if line is not None],
    )


def receipt_of(payment: Payment, asked: Mapping[str, Any]) -> Presenter | None:
    """For CashReceiptSchema; None for a payment that has no receipt. `asked` has the columns of its session."""
    row = cash_receipts.of_session(payment.owner) if payment.pay_method in CASH_METHODS else None
    if row is None or row.payment_key != payment.id:
        return None
    return Presenter(row, purpose=asked["cash_receipt_purpose"], identifier=asked["cash_receipt_masked"])


def lines_of(
    lines: Sequence[tuple[PaymentLine, int]], rows: Sequence[Cancellation], payment: Payment | None, caller: Caller
) -> list[Presenter]:
    """For LineSchema; `rows` are the cancels of `payment`, without which there is no way to cancel."""
    return [_line(line, granted, rows, payment, caller) for line, granted in lines]


def _line(
    line: PaymentLine, granted: int, rows: Sequence[Cancellation], payment: Payment | None, caller: Caller
) -> Presenter:
    cancelling = sum(row.pieces_of(line.id) for row in rows if row.is_undecided)
    way = _way(payment, caller, [(line, granted)]) if payment else None
    ways = {"way": way and way.way, "way_reason": way and way.reason}
    return Presenter(line, owned=granted, cancelling=min(cancelling, granted), **ways)


def shipment_of(payment: Payment) -> EscrowShipment | None:
    """For ShipmentSchema; None without escrow, or before a shipment was registered."""
    return shipments.of_payment(payment.id) if payment.escrow_status else None


def cancel_of(row: Cancellation, **more: object) -> Presenter:
    """For CancellationSchema."""
    return Presenter(row, refund_account=_masked(row), lines=_returned(row), **more)


def _returned(row: Cancellation) -> list[dict[str, object]]:
    return [{"line_id": key, "quantity": pieces} for key, pieces in (row.pieces or {}).items()]


def options(
    payment: Payment, caller: Caller, rows: Sequence[Cancellation], lines: Sequence[tuple[PaymentLine, int]]
) -> Presenter | None:
    """What the PG can cancel, and what the shop's policy lets this caller request; None without money to refund."""
    if payment.paid_at is None or payment.remaining <= 0:
        return None
    way = _way(payment, caller, lines)
    return Presenter(options_of(payment, rows), way=way.way, way_reason=way.reason, way_until=way.until)


def _way(payment: Payment, caller: Caller, lines: Sequence[tuple[PaymentLine, int]]) -> WayNow:
    """The strictest way of these lines. Of a rejected payment all goes back whatever the policy says."""
    if not payment.accepted:
        return AT_ONCE
    known, now = [known_line(line, granted) for line, granted in lines], clock.now()
    origin = origin_of(caller.username, payment.user_username or "")
    return way_now(origin, known, payment.paid_at or now, services().settings.cancel_policy, now)


def _masked(row: Cancellation) -> dict[str, str] | None:
    """What is shown of a refund account. It is stored masked, so nothing is decrypted."""
    if row.refund_bank is None or row.refund_number is None:
        return None
    return {
        "bank": row.refund_bank,
        "bank_name": bank_name(row.refund_bank),
        "number": row.refund_number,
        "holder": row.refund_holder or "",
    }


def _line_of_timeline(line: PaymentEvent, caller: Caller, payment: Payment) -> Presenter | None:
    """For EventSchema; None for a line that is not for the caller: a buyer reads neither what operators did, nor why
    a PG issues no receipt."""
    shown = Presenter(line, actor=actor(line, caller, payment.user_username))
    if caller.key is not None or caller.may(Permission.VIEW):
        return shown
    if line.kind == EventKind.RECEIPT_FAILED:
        return Presenter(shown, detail=None)
    return None if line.kind in FOR_OPERATORS else shown


def actor(line: PaymentEvent, caller: Caller, buyer: str | None) -> str:
    """The name of the actor, for operators; the origin for other callers, and for actors without a name."""
    if caller.key is not None or not caller.may(Permission.VIEW):
        return line.origin
    return (buyer if line.origin == Origin.BUYER else line.by) or line.origin
