"""Bodies of one order as operators see it: everything that is known about it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.cancellations import CancellationOptionsSchema, CancellationSchema
from pitturu.api.schemas.cash_receipts import OrderReceiptSchema
from pitturu.api.schemas.consents import AgreedSchema
from pitturu.api.schemas.fields import Moment, ResponseSchema, Word, described
from pitturu.api.schemas.operations import ExplanationSchema, KindOfWork
from pitturu.api.schemas.payments import EventSchema, LineSchema, PaymentSchema
from pitturu.api.schemas.sessions import SessionSchema
from pitturu.api.schemas.shipments import ShipmentSchema
from pitturu.api.schemas.webhooks import WebhookSchema
from pitturu.domain.cause import Origin
from pitturu.domain.decision.cancel_policy import CancelWay
from pitturu.domain.provider import Generation
from pitturu.store.outbound import MessageStatus
from pitturu.store.paging import MOST_COUNTED

TOTAL = described(f"How many there are, counted up to {MOST_COUNTED}.")


class OrderSessionSchema(SessionSchema):
    """The session as its buyer sees it, without what only the buyer's browser needs; and what workers know of it."""

    class Meta:
        """A window is opened by the buyer, not by an operator."""

        exclude = ("checkout", "poll_after_ms")

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"user": "hana", "is_guest": False, "stock_held": 2, "event_count": 1}

    user = fields.String(attribute="user_username", **described("The name of the buyer."))
    is_guest = fields.Boolean()
    stock_held = fields.Integer(**described("Pieces that are reserved, or were sold with it."))
    prepared_at = Moment(allow_none=True, **described("When PortOne accepted the amount."))
    window_until = Moment(allow_none=True, **described("The deadline that opening the payment window gives."))
    watch_until = Moment(**described("Until then a payment may still arrive."))
    held_since = Moment(allow_none=True, **described("When the first session began that this one replaced."))
    reopened_at = Moment(allow_none=True, **described("When a declined session was opened again."))
    buyer_erased_at = Moment(allow_none=True, **described("When the buyer's data was erased."))
    consents = fields.List(
        fields.Nested(AgreedSchema),
        allow_none=True,
        **described("What the buyer agreed to; null if the shop asked for nothing, or the data was erased."),
    )
    event_count = fields.Integer(**described("Events for the shop's own systems."))
    request_id = fields.String(allow_none=True)


class OrderCancellationSchema(CancellationSchema):
    """A refund, who caused it, and how far the work on it has come."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"origin": "operator", "by": "minji"}

    origin = Word(Origin)
    by = fields.String(attribute="name", allow_none=True, **described("Who requested it."))
    reviewed_by = fields.String(allow_none=True, **described("Who approved a return, or named the account."))
    approved_by = fields.String(allow_none=True, **described("The second operator, of a large refund."))
    provider_cancellation_id = fields.String(allow_none=True)
    attempts = fields.Integer()
    next_try = Moment(attribute="due_at", allow_none=True)
    dead_since = Moment(attribute="dead_at", allow_none=True)
    last_error = fields.String(allow_none=True)


class OrderPaymentSchema(PaymentSchema):
    """One attempt, and its cancels."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "pg_provider": "html5_inicis",
        "sandbox": False,
        "remaining": 24_000,
        "left_to_one": 1_000_000,
    }

    generation = Word(Generation)
    pg_provider = fields.String(**described('PortOne\'s code of the PG; "" if it is not known.'))
    sandbox = fields.Boolean(**described("A test payment."))
    remaining = fields.Integer(**described("Won that were not refunded."))
    left_to_one = fields.Integer(**described("Won that one operator may still refund; a second one approves more."))
    shipment = fields.Nested(
        ShipmentSchema, allow_none=True, **described("Of an escrow payment, once it was registered here.")
    )
    cancellations = fields.List(fields.Nested(OrderCancellationSchema))
    cancellation_options = fields.Nested(
        CancellationOptionsSchema,
        allow_none=True,
        **described("Null when there is no money to refund, and for an order that was never issued here."),
    )


class OrderLineSchema(LineSchema):
    """A line; `way` is null while nothing was paid."""

    way = Word(CancelWay, allow_none=True, **described("As in `cancellation_options`, for the pieces of this line."))


class OrderEventSchema(EventSchema):
    """One entry of the timeline."""

    origin = Word(Origin)
    payment_id = fields.String(allow_none=True)
    request_id = fields.String(allow_none=True)


class WorkSchema(ResponseSchema):
    """Work on the order that is due, failing, or out of tries."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "id": "ses7d0m3k9q2x5v8r1t4w6y0b2c4z",
        "job": "payments.verify",
        "doing": "asking PortOne whether it was paid",
        "due_at": "2026-12-02T03:00:00.123456+00:00",
        "replayable": False,
    }

    kind = Word(KindOfWork)
    id = fields.String(**described("`why` and `replay` accept it."))
    job = fields.String(**described("The kind of work, as in logs and metrics."))
    doing = fields.String(**described("The same in words."))
    due_at = Moment(allow_none=True)
    overdue = fields.Boolean(**described("It waits for a worker now."))
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    dead_since = Moment(attribute="dead_at", allow_none=True)
    replayable = fields.Boolean(**described("It is out of tries, and POST /operations/replay makes it due again."))


class OrderDeliverySchema(ResponseSchema):
    """An event on its way to one endpoint of the shop."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "message_id": "msgm4hq9jvy5p2fe82pwk0v6gy4sx",
        "endpoint_host": "shop.example",
        "status": "delivered",
        "answer": "204",
    }

    message_id = fields.String()
    endpoint_id = fields.String(attribute="destination")
    endpoint_host = fields.String()
    status = Word(MessageStatus)
    attempts = fields.Integer()
    next_try = Moment(attribute="due_at", allow_none=True)
    delivered_at = Moment(allow_none=True)
    answer = fields.String(allow_none=True)
    last_error = fields.String(allow_none=True)


class OrderShopEventSchema(ResponseSchema):
    """One event for the shop's own systems. Deliveries to endpoints that were deleted are left out."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"type": "payment.paid", "sequence": 1}

    event_id = fields.String()
    type = fields.String()
    sequence = fields.Integer()
    created_at = Moment()
    deliveries = fields.List(fields.Nested(OrderDeliverySchema))


class OrderTimelineSchema(ResponseSchema):
    """The last lines, oldest first."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"total": 1}

    items = fields.List(fields.Nested(OrderEventSchema))
    total = fields.Integer(**TOTAL)


class OrderWebhooksSchema(ResponseSchema):
    """The last webhooks that name the order, newest first."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"total": 1}

    items = fields.List(fields.Nested(WebhookSchema))
    total = fields.Integer(**TOTAL)


class OrderShopEventsSchema(ResponseSchema):
    """The last events, newest first."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"total": 1}

    items = fields.List(fields.Nested(OrderShopEventSchema))
    total = fields.Integer(**TOTAL)


class OrderSchema(ResponseSchema):
    """Everything that is known about one order."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"id": "ses7d0m3k9q2x5v8r1t4w6y0b2c4z"}

    id = fields.String(**described("The session's; a payment's of an order that was never issued here."))
    merchant_uid = fields.String()
    session = fields.Nested(
        OrderSessionSchema, allow_none=True, **described("Null for an order that was never issued here.")
    )
    payments = fields.List(fields.Nested(OrderPaymentSchema), **described("Oldest first; empty if nobody paid."))
    lines = fields.List(fields.Nested(OrderLineSchema))
    cash_receipt = fields.Nested(
        OrderReceiptSchema, allow_none=True, **described("Of a bank transfer or virtual account; null without one.")
    )
    timeline = fields.Nested(OrderTimelineSchema)
    webhooks = fields.Nested(OrderWebhooksSchema)
    work = fields.List(fields.Nested(WorkSchema))
    events = fields.Nested(OrderShopEventsSchema)
    why = fields.List(fields.Nested(ExplanationSchema), **described("What it waits for, and who has to act."))


class Asked(StrEnum):
    """ALREADY_DUE: a question is under way, or due within seconds, so that nothing was changed."""

    ASKED = "asked"
    ALREADY_DUE = "already_due"


class AskedSchema(ResponseSchema):
    """A worker asks PortOne at `next_try`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"state": "asked", "next_try": "2026-12-02T03:00:00.123456+00:00"}

    session_id = fields.String()
    state = Word(Asked)
    next_try = Moment()
