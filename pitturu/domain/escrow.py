"""Escrow: the PG keeps the money of a transfer until the buyer has the goods, and wants to know how they were sent.

Source: PortOne's references of V1's `/escrows/logis` and V2's `/payments/{paymentId}/escrow/logistics`, and the codes
of carriers of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from pitturu.domain.provider import PaymentRef

UNKNOWN: Final = "unknown"
"""The status of an escrow in V1, which only says that there is one."""


REGISTERED: Final = "registered"
"""The status once PortOne knows of the shipment, and the buyer has said nothing."""

CONFIRMED: Final = "confirmed"
"""The buyer has the goods, and the PG pays the shop."""

REJECTED: Final = "rejected"
"""The buyer refuses the goods: the PG keeps the money until shop and buyer agree."""

ENDED: Final = frozenset({CONFIRMED, "reject_confirmed", "cancelled"})
"""Statuses that no other follows."""


class Carrier(StrEnum):
    """Who carries the goods; ETC for all that PortOne's two APIs do not both name."""

    CJ = "cj"
    HANJIN = "hanjin"
    LOTTE = "lotte"
    LOGEN = "logen"
    POST = "post"
    DAESIN = "daesin"
    ETC = "etc"


V1_CODES: Final[Mapping[Carrier, str]] = {
    Carrier.CJ: "CJGLS",
    Carrier.HANJIN: "HANJIN",
    Carrier.LOTTE: "HYUNDAI",
    Carrier.LOGEN: "KGB",
    Carrier.POST: "EPOST",
    Carrier.DAESIN: "DAESIN",
    Carrier.ETC: "ETC",
}
"""V1's names; V2's are ours in capitals."""


class ShipmentStage(StrEnum):
    """How far PortOne knows of a shipment. SENT: on its way, or its answer was lost and PortOne is asked."""

    REQUESTED = "requested"
    SENT = "sent"
    REGISTERED = "registered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Party:
    """Who sends or receives. Nothing of it is printed: whatever prints a shipment may end in a log."""

    name: str = field(repr=False)
    tel: str = field(repr=False)
    address: str = field(repr=False)
    postcode: str = field(repr=False)


@dataclass(frozen=True)
class ShipmentOrder:
    """A shipment to register with PortOne. `change`: it replaces one that is registered."""

    payment: PaymentRef
    carrier: Carrier
    invoice: str
    sent_at: datetime
    sender: Party
    receiver: Party
    change: bool = False


@dataclass(frozen=True)
class Registered:
    """What PortOne has of a shipment: its invoice number, and how far the escrow has come (V1: UNKNOWN)."""

    invoice: str
    status: str = UNKNOWN


@runtime_checkable
class EscrowGateway(Protocol):
    """What both of PortOne's APIs know of escrow. Every method makes one slow call, and raises GatewayError only."""

    def ship(self, order: ShipmentOrder) -> None:
        """Register a shipment, or change the one that is registered."""

    def confirm_escrow(self, ref: PaymentRef) -> None:
        """Say that the buyer confirms the goods, as the shop has agreed with the buyer. V1 cannot."""

    def shipment(self, ref: PaymentRef) -> Registered | None:
        """The shipment that is registered for a payment; None if there is none, or PortOne cannot say."""
