"""Bodies for operators: cancels that a person decides, and deliveries."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, ResponseSchema, Text, Word, described, optional
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.fulfilment import Fulfilment


class ApprovalsQuerySchema(Schema):
    """How many to list."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class ApprovalSchema(ResponseSchema):
    """A cancel that waits for a person. A `return_requested` one needs the permission `decide_return`, an
    `awaiting_approval` one `approve_cancel` and another person than `requested_by` and `reviewed_by`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "stage": "return_requested",
        "paid_amount": 24_000,
        "buyer": "hana",
        "requested_by": "hana",
    }

    cancellation_id = fields.String()
    payment_id = fields.String()
    merchant_uid = fields.String()
    item_name = fields.String()
    buyer = fields.String(allow_none=True, **described("The user who paid."))
    stage = Word(CancelStage)
    amount = fields.Integer(**described("Won that go back."))
    quantity = fields.Integer(allow_none=True, **described("Pieces that come back."))
    paid_amount = fields.Integer(**described("Won that were charged."))
    reason = fields.String()
    requested_by = fields.String(allow_none=True, **described("Null for an automatic refund."))
    reviewed_by = fields.String(
        allow_none=True, **described("Who approved the return, or named the account for an automatic refund.")
    )
    approved_by = fields.String(allow_none=True, **described("The second operator."))
    refusal = fields.String(allow_none=True)
    created_at = Moment()


class ApprovalsSchema(ResponseSchema):
    """The longest waiting first."""

    items = fields.List(fields.Nested(ApprovalSchema))


class RejectSchema(Schema):
    """Why. The buyer reads it."""

    reason = Text(1, 255, required=True)


class FulfilmentSchema(Schema):
    """How far the shop has come with a line."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"fulfilment": "shipped"}

    fulfilment = Word(Fulfilment, required=True)
    line_id = fields.UUID(**optional("May be left out where the order has one line."))
    at = Moment(**optional("When it was delivered; now if omitted. ISO 8601 with zone."))
