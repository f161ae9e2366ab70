"""Endpoint for operators and the shop's server: how the goods of an escrow payment were sent."""

from typing import Any

from pitturu import logs
from pitturu.api import operator_lines
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post
from pitturu.api.refusals import refuses
from pitturu.api.schemas import shipments as bodies
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.payments import shipment_requests
from pitturu.payments.shipment_requests import ShipmentRequest
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "shipments", __name__, url_prefix=f"{PREFIX}/operations/payments", description="For operators: escrow."
)


@blueprint.post("/<name:payment_id>/shipment")
@user_post
@requires(Permission.SHIP, OperatorAction.SHIP)
@blueprint.arguments(bodies.WantedShipmentSchema)
@blueprint.response(202, bodies.ShipmentSchema)
@refuses(NotFound, "payment_not_found")
@refuses(Conflict, "no_escrow", "nothing_to_ship", "shipment_under_way")
@refuses(Unprocessable, "sending_time_impossible")
def register_shipment(work: UnitOfWork, body: dict[str, Any], payment_id: str) -> Any:
    """Register how the goods of an escrow payment were sent.

    A worker registers it with PortOne: read the payment until its `shipment` is `registered`. Another carrier or
    invoice replaces it. The PG keeps the money until the buyer confirms.
    """
    requester = current().requester
    wanted = ShipmentRequest(body["carrier"], body["invoice"], body["sent_at"])
    payment, row = shipment_requests.request_shipment(work, payment_id, requester, wanted, logs.request_id() or "")
    operator_lines.about(payment.user_username, Thing("payment", payment.payment_id), f"{row.carrier} {row.invoice}")
    work.flush()
    return row


@blueprint.post("/<name:payment_id>/shipment/confirmation")
@user_post
@requires(Permission.CONFIRM_ESCROW, OperatorAction.CONFIRM_ESCROW)
@blueprint.response(202, bodies.ShipmentSchema)
@refuses(NotFound, "payment_not_found")
@refuses(Conflict, "escrow_not_confirmable")
def confirm_escrow(work: UnitOfWork, payment_id: str) -> Any:
    """Confirm an escrow payment for its buyer, by agreement (PortOne V2).

    Only by agreement with the buyer: the PG pays the shop then, and the buyer can refuse the goods no more. A worker
    tells PortOne: read the payment until its `escrow_status` is `confirmed`.
    """
    payment, row = shipment_requests.request_confirmation(
        work, payment_id, current().requester, logs.request_id() or ""
    )
    operator_lines.about(payment.user_username, Thing("payment", payment.payment_id), row.invoice)
    work.flush()
    return row
