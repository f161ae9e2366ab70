"""How the goods of escrow payments were sent."""

from datetime import datetime

import msgspec


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """A shipment as PortOne knows it. `stage` is `registered` once it does.

    `confirming` says that a request to confirm the goods is on its way; `confirm_refusal` why PortOne refused it.
    """

    shipment_id: str
    carrier: str
    invoice: str
    sent_at: datetime
    stage: str
    refusal: str | None
    registered_at: datetime | None
    confirming: bool
    confirm_refusal: str | None
