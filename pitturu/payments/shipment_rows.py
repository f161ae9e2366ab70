"""How operators find, list, explain and replay shipments of escrow payments."""

from typing import Final

from pitturu.domain.escrow import ShipmentStage
from pitturu.domain.work import NextActor, Stuck
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, replay_dead_row
from pitturu.store import lookup, shipments
from pitturu.store.dead_letters import StuckCase
from pitturu.store.shipments import EscrowShipment
from pitturu.store.unit_of_work import UnitOfWork

NAME: Final = "payments.ship"

REFUSED_TODO: Final = (
    "Agree with the buyer. Once the goods are back, confirm the refusal in the PG's administration and refund the"
    " payment. PortOne is asked meanwhile whether the buyer has changed their mind."
)


def _describe(row: EscrowShipment, doing: str) -> Description:
    waiting = Waiting("nothing: PortOne knows how the goods were sent", NextActor.NOBODY, "Nothing.")
    if row.stage == ShipmentStage.REFUSED:
        todo = "Correct the shipment and register it again, or register it in the PG's administration."
        waiting = Waiting(f"nothing: PortOne refused it ({row.refusal})", NextActor.OPERATOR, todo)
    elif row.rejected_at is not None:
        waiting = Waiting("an operator: the buyer refuses the goods", NextActor.OPERATOR, REFUSED_TODO)
    elif row.under_way or row.due_at is not None or row.dead_at is not None:
        what = {
            ShipmentStage.SENT: "asking PortOne whether it has the shipment",
            ShipmentStage.REGISTERED: "asking PortOne what the buyer says of the goods",
        }
        scheduled = Waiting("its next step", NextActor.WORKER, "Nothing: it is scheduled.")
        waiting = waiting_for(row, what.get(ShipmentStage(row.stage), doing), scheduled)
    return Description(row.shipment_id, row.stage, row.registered_at or row.created_at, waiting)


def _replay(work: UnitOfWork, row: EscrowShipment, by: By) -> list[str]:
    return replay_dead_row(work, row, by, "shipment", row.shipment_id, NAME)


SHIPMENTS: Final = RowKind(
    name="shipment",
    table=EscrowShipment,
    find=lookup.by_columns(EscrowShipment, EscrowShipment.shipment_id),
    describe=_describe,
    needs_decision=(
        StuckCase(
            Stuck.ESCROW_REJECTED,
            EscrowShipment.rejected_at,
            shipments.REFUSED_BY_BUYER,
            counted_as="escrow_rejected_by_buyer",
        ),
    ),
    replay=_replay,
)
