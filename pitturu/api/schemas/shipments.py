"""Bodies of shipments of escrow payments."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import Moment, ResponseSchema, Text, Word, described, matching, optional
from pitturu.domain.escrow import Carrier, ShipmentStage

INVOICE: Final = re.compile(r"[A-Za-z0-9-]+")


class WantedShipmentSchema(Schema):
    """How the goods were sent. The receiver is the buyer, the sender the one of the settings."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"carrier": "cj", "invoice": "640812345678"}

    carrier = Word(Carrier, required=True)
    invoice = Text(1, 50, matching(INVOICE), required=True, **described("The carrier's number."))
    sent_at = Moment(**optional("Now if omitted. ISO 8601 with zone."))


class ShipmentSchema(ResponseSchema):
    """How the goods of an escrow payment were sent, and whether PortOne knows."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "shipment_id": "shp3f8k1n6p0s5w9z2c7h4m1r6v8x",
        "carrier": "cj",
        "invoice": "640812345678",
        "stage": "registered",
        "refusal": None,
        "confirming": False,
        "confirm_refusal": None,
    }

    shipment_id = fields.String()
    carrier = Word(Carrier)
    invoice = fields.String()
    sent_at = Moment()
    stage = Word(ShipmentStage)
    refusal = fields.String(allow_none=True, **described("PortOne's words."))
    registered_at = Moment(allow_none=True)
    confirming = fields.Boolean(**described("Whether PortOne is being told that the buyer confirms the goods."))
    confirm_refusal = fields.String(allow_none=True, **described("Why that was refused, in PortOne's words."))
