"""What the shop says about its deliveries. It decides whether buyers cancel alone or ask for a return."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update

from pitturu.domain import clock
from pitturu.domain.cancellation import IN_TURN, CancelStage
from pitturu.domain.cause import Cause, CauseKind, EventKind, origin_of
from pitturu.domain.decision import Line
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.fulfilment import MOVES, Fulfilment, can_move
from pitturu.domain.roles import Requester
from pitturu.payments import loaded_order, timeline
from pitturu.payments.cancellations.request import visible_payment
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.unit_of_work import UnitOfWork

_UNSENT: Final = frozenset({Fulfilment.NONE, Fulfilment.PREPARING})


@dataclass(frozen=True)
class FulfilmentRequest:
    """`line` may be left out where the order has one. `at` is when the pieces were delivered, UTC; now if None."""

    fulfilment: Fulfilment
    line: UUID | None = None
    at: datetime | None = None


def set_fulfilment(
    work: UnitOfWork, payment_id: str, requester: Requester, request: FulfilmentRequest, request_id: str
) -> Payment:
    """Record how far the shop has come with a line. Idempotent. The caller has checked the permission.

    Raises NotFound, NotAllowed (back to none for an own purchase, which its buyer may cancel alone then), Conflict (not
    paid, returned, all of it is being cancelled, or not possible from the present state), Unprocessable (`at`).
    """
    payment = visible_payment(payment_id, requester)
    session = work.lock_session(payment.owner)
    order = loaded_order.load(work, session)
    payment = order.payments[payment.imp_uid]
    line = _line(order, request.line)
    if line.fulfilment is request.fulfilment and request.at is None:
        return payment
    if request.fulfilment is Fulfilment.NONE and requester.owns(payment.user_username):
        raise NotAllowed("own_purchase", "Another operator has to decide about your own purchase.")
    _require_possible(order, payment, line, request)
    now = clock.now()
    _write(work, line, request, _moment(request, payment, line, now), now)
    work.invalidate_lines(session.id)
    cause = Cause(
        CauseKind.FULFILMENT, origin_of(requester.username, session.user_username), requester.username, now, request_id
    )
    detail = f"{line.fulfilment} -> {request.fulfilment}"
    timeline.write(work, session, cause, EventKind.FULFILMENT, payment_key=payment.id, detail=detail)
    return payment


def _line(order: LoadedOrder, wanted: UUID | None) -> Line:
    lines = [line for line in order.order.lines if wanted in (None, line.key)]
    if not lines:
        raise NotFound("line_not_found", "The order of this payment has no such line. Read the payment for its lines.")
    if len(lines) > 1:
        message = "The order has several lines: name one."
        raise Unprocessable("line_needed", message, {"line_id": [message]})
    return lines[0]


def _require_possible(order: LoadedOrder, payment: Payment, line: Line, request: FulfilmentRequest) -> None:
    if not payment.accepted or line.granted <= 0:
        raise Conflict(
            "nothing_to_fulfil",
            f"This payment is {payment.status}: the buyer owns nothing of this line. Do not send anything.",
        )
    if not can_move(line.fulfilment, request.fulfilment):
        possible = ", ".join(sorted(MOVES[line.fulfilment]))
        raise Conflict("fulfilment_impossible", f"This line is {line.fulfilment}. From there it may become {possible}.")
    promised = {*IN_TURN, CancelStage.AWAITING_APPROVAL}
    going_back = sum(row.pieces_of(line.key) for row in order.cancels.values() if row.stage in promised)
    sending = line.fulfilment in _UNSENT and request.fulfilment is not Fulfilment.NONE
    if sending and going_back >= line.granted:
        raise Conflict(
            "being_cancelled",
            "All pieces of this line are being cancelled. Do not send them; read the payment again in a moment.",
        )


def _moment(request: FulfilmentRequest, payment: Payment, line: Line, now: datetime) -> datetime:
    """When the pieces were delivered; a correction keeps the time. Raises Unprocessable for a time that cannot be."""
    if request.at is None:
        return line.delivered_at or now
    if request.fulfilment is not Fulfilment.DELIVERED:
        message = "Only a delivery has a time."
        raise Unprocessable("time_without_delivery", message, {"at": [message]})
    if not (payment.paid_at or now) <= request.at <= now:
        message = "Give a time after the payment that is not in the future."
        raise Unprocessable("delivery_time_impossible", message, {"at": [message]})
    return request.at


def _write(work: UnitOfWork, line: Line, request: FulfilmentRequest, delivered_at: datetime, now: datetime) -> None:
    values: dict[str, object] = {"fulfilment": request.fulfilment}
    if line.fulfilment is Fulfilment.NONE:
        values["begun_at"] = now
    if request.fulfilment is Fulfilment.NONE:
        values["begun_at"] = None
    # What was shipped and is used was delivered in between.
    arrived = line.fulfilment is Fulfilment.SHIPPED and request.fulfilment is Fulfilment.USED
    if request.fulfilment is Fulfilment.DELIVERED or arrived:
        values["delivered_at"] = delivered_at
    elif request.fulfilment is not Fulfilment.USED:
        values["delivered_at"] = None
    work.session.execute(update(PaymentLine).where(PaymentLine.id == line.key).values(**values))
