"""Bodies of webhooks, as operators see them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, Word, described
from pitturu.domain.provider import Generation
from pitturu.store.webhooks import DeliveryState


class WebhooksQuerySchema(PageQuery):
    """Which webhooks to list."""

    state = Word(DeliveryState, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("Arrived then or later. ISO 8601 with zone."))
    until = Moment(data_key="to", load_default=None, **described("Arrived before this time. ISO 8601 with zone."))
    order = Text(1, 64, load_default=None, **described("The order number that the webhook names."))


class WebhookSchema(ResponseSchema):
    """One webhook, and what became of it. What it says was sent by PortOne, or in V1's unsigned form by anybody."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "state": "done",
        "event_status": "Transaction.Paid",
        "provider_cancellation_id": "",
        "copies": 1,
        "finished_at": "2026-12-02T03:00:00.423456+00:00",
        "lag": 0.3,
        "remote_address": "52.78.5.241",
    }

    id = fields.UUID(**described("`why` and `replay` accept it."))
    state = Word(DeliveryState)
    generation = Word(Generation)
    event_status = fields.String(**described("What it reports: V1's status, or V2's type."))
    merchant_uid = fields.String(**described("The order number that it names."))
    imp_uid = fields.String(**described("The attempt that it names: `imp_uid`, or V2's `transactionId`."))
    provider_cancellation_id = fields.String(**described("The cancel that it names; empty without one."))
    copies = fields.Integer(**described("How often it was delivered."))
    received_at = Moment(**described("When it first arrived."))
    repeated_at = Moment(allow_none=True, **described("When the last further copy arrived."))
    finished_at = Moment(allow_none=True, **described("When it was closed; null while it is not."))
    lag = fields.Float(allow_none=True, **described("Seconds from the last arrival to `finished_at`."))
    attempts = fields.Integer()
    next_try = Moment(attribute="due_at", allow_none=True)
    dead_since = Moment(attribute="dead_at", allow_none=True, **described("When it ran out of attempts."))
    last_error = fields.String(allow_none=True)
    remote_address = fields.String(**described("The sender's IP address."))
    request_id = fields.String(allow_none=True, **described("The request of its last copy, as in every log line."))


class WebhooksPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(WebhookSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


class WebhookDetailSchema(WebhookSchema):
    """One webhook with its first copy as it was received."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "content_type": "application/json",
        "delivery_id": "msg_2b8d3fKfWz",
        "body": '{"type": "Transaction.Paid", "data": {"paymentId": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x"}}',
    }

    content_type = fields.String(**described("The header Content-Type."))
    delivery_id = fields.String(**described("The header webhook-id of V2; empty without one."))
    body = fields.String(
        attribute="body_text",
        **described("Text as it was sent, not to be trusted; bytes that are not UTF-8 are replaced."),
    )
