"""Bodies of payments and their history."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.cancellations import CancellationOptionsSchema, CancellationSchema
from pitturu.api.schemas.cash_receipts import CashReceiptSchema
from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Word, described
from pitturu.api.schemas.sessions import USER_ID
from pitturu.api.schemas.shipments import ShipmentSchema
from pitturu.domain.decision.cancel_policy import CancelWay, WayReason
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.lifecycle import SessionStatus


class LineSchema(ResponseSchema):
    """Pieces of one item in the order, and how far the shop has come with them."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "owned": 2,
        "cancelling": 1,
        "tax_free": False,
        "fulfilment": "none",
        "way": "cancel",
    }

    line_id = fields.UUID(attribute="id")
    item_id = fields.UUID()
    item_name = fields.String()
    unit_price = fields.Integer()
    quantity = fields.Integer(**described("Pieces bought."))
    owned = fields.Integer(**described("Pieces that were not returned."))
    cancelling = fields.Integer(**described("Pieces of these whose cancel is not decided yet: do not send them."))
    tax_free = fields.Boolean(**described("Its price contains no VAT."))
    way = Word(CancelWay, **described("As in `cancellation_options`, for the pieces of this line."))
    way_reason = Word(WayReason, allow_none=True, **described("Why it is not `cancel`."))
    returnable = fields.Boolean(**described("Whether it can be returned after the shop has begun with it."))
    fulfilment = Word(Fulfilment)
    delivered_at = Moment(allow_none=True)


class EventSchema(ResponseSchema):
    """One entry of the timeline."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "kind": "status",
        "from_status": "verifying",
        "to_status": "paid",
        "amount": 24_000,
        "cause": "verify",
        "actor": "portone",
        "provider_status": "PAID",
    }

    at = Moment()
    kind = fields.String()
    from_status = fields.String(allow_none=True, data_key="from")
    to_status = fields.String(allow_none=True, data_key="to")
    amount = fields.Integer(**described("Won received (+) or refunded (-)."))
    cause = fields.String()
    actor = fields.String(**described("A user name only if the caller is an operator."))
    provider_status = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)


class PaymentSchema(ResponseSchema):
    """One attempt at PortOne that received money, awaits it, or was refused."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "cancelled_amount": 0,
        "status": "paid",
        "provider_status": "PAID",
        "verdict": "accepted",
        "installment_months": 3,
        "escrow_status": None,
        "receipt_url": "https://receipt.example/imp_448280090638",
    }

    payment_id = fields.String()
    imp_uid = fields.String()
    merchant_uid = fields.String()
    reference = fields.String(allow_none=True, **described("The shop's own number of the order."))
    item_name = fields.String(**described("Of the first line."))
    line_count = fields.Integer(**described("Lines that it pays for."))
    amount = fields.Integer(**described("Won that were charged; refunds do not reduce it."))
    cancelled_amount = fields.Integer()
    currency = fields.String()
    status = Word(SessionStatus)
    provider_status = fields.String()
    verdict = fields.String(allow_none=True, **described("accepted, or why the money is refunded."))
    pay_method = fields.String()
    receipt_url = fields.String(allow_none=True)
    escrow_status = fields.String(
        allow_none=True, **described("How far an escrow has come, as PortOne says; null without one.")
    )
    installment_months = fields.Integer(
        allow_none=True, **described("Of a card: 0 is one sum. Null if PortOne does not say.")
    )
    fail_reason = fields.String(allow_none=True)
    created_at = Moment()
    paid_at = Moment(allow_none=True)


class FullPaymentSchema(PaymentSchema):
    """A payment with its cancellations and its timeline."""

    session_id = fields.String()
    user_id = fields.String(allow_none=True, **USER_ID)
    items_total = fields.Integer(**described("Won: the sum of the lines of the order."))
    shipping = fields.Integer()
    discount = fields.Integer()
    tax_free_amount = fields.Integer(**described("The part of the order's amount that contains no VAT."))
    shipment = fields.Nested(
        ShipmentSchema, allow_none=True, **described("Of an escrow payment, once it was registered here.")
    )
    lines = fields.List(fields.Nested(LineSchema))
    cancellations = fields.List(fields.Nested(CancellationSchema))
    cancellation_options = fields.Nested(
        CancellationOptionsSchema, allow_none=True, **described("Null when there is no money to refund.")
    )
    cash_receipt = fields.Nested(
        CashReceiptSchema, allow_none=True, **described("Of a bank transfer or virtual account; null without one.")
    )
    timeline = fields.List(
        fields.Nested(EventSchema),
        **described("Oldest first. Buyers do not read `compared`, `replayed` and `receipt_differs`."),
    )


class HistoryQuerySchema(PageQuery):
    """Which part of the history to return."""

    status = Word(SessionStatus, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone, inclusive."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone, exclusive."))


class HistoryPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(PaymentSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
