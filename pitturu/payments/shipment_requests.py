"""What an operator, or the shop's server, asks for about an escrow payment: its shipment, or its confirmation."""

from dataclasses import dataclass
from datetime import datetime

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, EventKind, origin_of
from pitturu.domain.errors import Conflict, Unprocessable
from pitturu.domain.escrow import ENDED, REJECTED, Carrier, ShipmentStage
from pitturu.domain.provider import Generation
from pitturu.domain.roles import Requester
from pitturu.payments import timeline
from pitturu.payments.cancellations.request import visible_payment
from pitturu.payments.shipment_rows import NAME
from pitturu.store import cancellations, shipments
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from pitturu.store.shipments import EscrowShipment
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ShipmentRequest:
    """`sent_at`, UTC, is now if None."""

    carrier: Carrier
    invoice: str
    sent_at: datetime | None = None


def request_shipment(
    work: UnitOfWork, payment_id: str, requester: Requester, wanted: ShipmentRequest, request_id: str
) -> tuple[Payment, EscrowShipment]:
    """Have a shipment registered, or another one in its place. Idempotent. The caller has checked the permission.

    Raises NotFound, Unprocessable (`sent_at`), Conflict (no escrow, no money, one is under way).
    """
    payment = visible_payment(payment_id, requester)
    session = work.lock_session(payment.owner)
    work.session.refresh(payment)
    now = clock.now()
    sent_at = wanted.sent_at or now
    _require_possible(payment, sent_at, now)
    row = shipments.of_payment(payment.id)
    if row is not None:
        same = (row.carrier, row.invoice) == (wanted.carrier, wanted.invoice)
        if same and row.stage != ShipmentStage.REFUSED:
            return payment, row
        if row.under_way:
            message = "Another shipment of this payment is being registered. Try again when that is done."
            raise Conflict("shipment_under_way", message)
    else:
        row = EscrowShipment(payment_key=payment.id, session_key=session.id)
        work.session.add(row)
    row.request(wanted.carrier, wanted.invoice, sent_at, request_id)
    origin = origin_of(requester.username, session.user_username)
    cause = Cause(CauseKind.FULFILMENT, origin, requester.username, now, request_id)
    detail = f"escrow shipment {wanted.carrier} {wanted.invoice}"
    timeline.write(work, session, cause, EventKind.FULFILMENT, payment_key=payment.id, detail=detail)
    work.wake(NAME)
    return payment, row


def _require_possible(payment: Payment, sent_at: datetime, now: datetime) -> None:
    if payment.escrow_status is None:
        raise Conflict("no_escrow", "PortOne reports no escrow for this payment: there is no shipment to register.")
    if not payment.accepted or payment.remaining <= 0:
        message = f"This payment is {payment.status}: no money waits for its goods. Do not send anything."
        raise Conflict("nothing_to_ship", message)
    if not (payment.paid_at or now) <= sent_at <= now:
        message = "Give a time after the payment that is not in the future."
        raise Unprocessable("sending_time_impossible", message, {"sent_at": [message]})


def request_confirmation(
    work: UnitOfWork, payment_id: str, requester: Requester, request_id: str
) -> tuple[Payment, EscrowShipment]:
    """Have the PG told that the buyer confirms the goods, so that it pays the shop. Idempotent. The caller has checked
    the permission, and the shop has the buyer's agreement.

    Raises NotFound, Conflict (`escrow_not_confirmable`).
    """
    payment = visible_payment(payment_id, requester)
    session = work.lock_session(payment.owner)
    work.session.refresh(payment)
    row = shipments.of_payment(payment.id)
    reason = _why_not(session, payment, row)
    if row is None or reason is not None:
        raise Conflict("escrow_not_confirmable", reason or "No shipment is registered.")
    if row.confirming:
        return payment, row
    row.confirm(request_id)
    origin = origin_of(requester.username, session.user_username)
    cause = Cause(CauseKind.FULFILMENT, origin, requester.username, clock.now(), request_id)
    detail = "escrow: confirmed by the buyer's agreement"
    timeline.write(work, session, cause, EventKind.FULFILMENT, payment_key=payment.id, detail=detail)
    work.wake(NAME)
    return payment, row


def _why_not(session: PaymentSession, payment: Payment, row: EscrowShipment | None) -> str | None:
    if payment.escrow_status is None or session.generation != Generation.V2:
        return "Only escrow payments of PortOne V2 can be confirmed here. The buyer confirms others with the PG."
    if row is None or row.stage != ShipmentStage.REGISTERED:
        return "PortOne knows of no shipment of this payment yet. Register how the goods were sent."
    if payment.escrow_status in ENDED:
        return f"The escrow is {payment.escrow_status}: there is nothing to confirm."
    if payment.escrow_status == REJECTED:
        return "The buyer refuses the goods. Only the buyer can take that back, with the PG."
    if not payment.accepted or payment.remaining <= 0:
        return f"This payment is {payment.status}: no money waits for its goods."
    if any(one.is_undecided for one in cancellations.of_payment(payment.id)):
        return "A return or refund of this payment is not finished."
    return None
