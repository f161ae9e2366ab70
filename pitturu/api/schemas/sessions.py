"""Bodies of payment sessions."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from pitturu.api.schemas.cash_receipts import PaidInCash
from pitturu.api.schemas.checkout import CheckoutSchema, MessageSchema, VirtualAccountSchema
from pitturu.api.schemas.consents import given_consents
from pitturu.api.schemas.fields import (
    TEL,
    Moment,
    OptionalBody,
    ResponseSchema,
    Text,
    Whole,
    Word,
    described,
    filled,
    language_tag,
    launchable,
    matching,
    optional,
    order_id,
    provider_id,
    redirectable,
    reference,
    user_id,
)
from pitturu.domain import app_schemes
from pitturu.domain.catalogue import LONGEST_NAME, LONGEST_SKU, SKU
from pitturu.domain.languages import Language
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_AMOUNT, MAX_QUANTITY
from pitturu.domain.pricing import MOST_LINES
from pitturu.domain.provider import Generation, PayMethod
from pitturu.payments.cart import OwnPrice, WantedLine

USER_ID = described(
    "The shop's own id of the buyer, `guest:…` for a guest; null for a user who registered here. Only for the shop's "
    "server: null for others."
)

LONGEST_WAIT = 25
"""Seconds a poll may wait: below the 30 s after which proxies commonly give up."""


class WantedLineSchema(Schema):
    """Pieces of one item, named by its id or the shop's SKU; with an API key also of none, by name and price."""

    item_id = fields.UUID()
    sku = Text(1, LONGEST_SKU, matching(SKU))
    name = Text(1, LONGEST_NAME, filled, **described("API keys only: what is sold at the shop's own `unit_price`."))
    unit_price = Whole(1, MAX_AMOUNT, **described("Won, VAT included; with `name`."))
    tax_free = fields.Boolean(**described("With `name`: exempt from VAT; false if omitted."))
    returnable = fields.Boolean(**described("With `name`: whether it may come back once it was sent; true if omitted."))
    quantity = Whole(1, MAX_QUANTITY, required=True)

    @validates_schema
    def names_one_item(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError unless the line says in exactly one way what it is about."""
        if len({"item_id", "sku", "name"} & data.keys()) != 1:
            raise ValidationError("Send either item_id or sku.", "item_id")
        if ("name" in data) != ("unit_price" in data):
            raise ValidationError("Send name and unit_price, or neither.", "unit_price")
        if "name" not in data and (odd := {"tax_free", "returnable"} & data.keys()):
            raise ValidationError({field: ["The catalogue says it: leave this out."] for field in odd})

    @post_load
    def as_line(self, data: dict[str, Any], **_: Any) -> WantedLine:
        """The line."""
        own = {name: data.pop(name) for name in ("name", "unit_price", "tax_free", "returnable") if name in data}
        return WantedLine(**data, own=OwnPrice(**own) if own else None)


class NewSessionSchema(PaidInCash):
    """What the buyer chose and who they are. The price is computed by the server."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "items": [{"sku": "COFFEE-500", "quantity": 2}, {"sku": "CUP-WHITE", "quantity": 1}],
        "pay_method": "card",
        "redirect_url": "https://shop.example/payment/return",
        "language": "ko",
    }

    items = fields.List(
        fields.Nested(WantedLineSchema),
        validate=validate.Length(1, MOST_LINES),
        **described("The lines of the order, each of another item. Or send `item_id` and `quantity` for a single one."),
    )
    item_id = fields.UUID(**described("The only item, with `quantity`, in place of `items`."))
    quantity = Whole(1, MAX_QUANTITY, **described("Pieces of the only item."))
    generation = Word(Generation, **optional("Which of PortOne's APIs to pay through; the shop's default if omitted."))
    pay_method = Word(PayMethod, **optional("One of `GET /pay-methods`; card if omitted, else the first of them."))
    buyer_name = Text(1, 255, filled, required=True)
    buyer_email = Text(3, 255, validate.Email(), required=True, metadata={"format": "email"})
    buyer_tel = Text(7, 20, TEL, required=True)
    buyer_addr = Text(0, 500, **optional())
    buyer_postcode = Text(0, 20, **optional())
    redirect_url = Text(1, 500, redirectable, **optional("Where mobile browsers return to after the payment."))
    language = language_tag(
        "The buyer's, for the payment window: a tag like `en` or `ko-KR`. If omitted or unknown, Accept-Language "
        "decides, else it is Korean."
    )
    app_scheme = Text(
        1,
        app_schemes.MOST + len("://"),
        launchable,
        **optional(
            "URL scheme of the shop's app, `myshop` or `myshop://`, if the buyer pays in it: apps of card companies "
            "return there."
        ),
    )
    reference = reference(
        **optional("API keys only: the shop's own number of the order, to find it again. No personal data.")
    )
    user_id = user_id(
        **optional(
            "API keys only: the shop's own id of the buyer, as tokens of its issuer have it; or `guest:` and a name of "
            "the shop's choice. A new guest if omitted."
        )
    )

    consents = given_consents()
    shipping = Whole(0, MAX_AMOUNT, **optional("API keys only: won, VAT included."))
    discount = Whole(0, MAX_AMOUNT, **optional("API keys only: won that are taken off the sum."))

    @validates_schema
    def has_lines(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError unless there are `items`, or one item and its quantity."""
        single = {"item_id", "quantity"}
        if "items" in data and single & data.keys():
            raise ValidationError("Send either items, or item_id and quantity.", "items")
        if "items" not in data and not single <= data.keys():
            raise ValidationError({name: ["Missing data for required field."] for name in single - data.keys()})

    @post_load
    def with_lines(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The same with `lines`, however they were sent."""
        item_id, quantity = data.pop("item_id", None), data.pop("quantity", 0)
        return {"lines": data.pop("items", None) or [WantedLine(quantity, item_id)], **data}


class PrepareSchema(PaidInCash, OptionalBody):
    """Another payment method, cash receipt or language for the same order, all optional."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"pay_method": "kakaopay"}

    pay_method = Word(PayMethod, **optional("The method chosen before if omitted."))
    language = language_tag("Of the payment window; the one before if omitted or unknown.")


class VerifySchema(Schema):
    """What PortOne's window returned: for V1 at least one of its two ids, for V2 the `payment_id`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "payment_id": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
        "transaction_id": "01936c1e-7a52-4d0e-9a56-3f1f0c2b8a11",
    }

    imp_uid = provider_id(**optional())
    merchant_uid = order_id(**optional())
    payment_id = order_id(**optional("V2's `paymentId`."))
    transaction_id = provider_id(**optional("V2's `txId`."))
    closed = fields.Boolean(
        load_default=False,
        **described(
            "The window reported that it was closed or that the payment was declined. If PortOne knows of no payment "
            "either, the session can be paid again after its first answer; otherwise PortOne is asked a few times."
        ),
    )


class WaitSchema(Schema):
    """How to poll."""

    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        **described("Respond only when something changed, or after so many seconds."),
    )


class SessionLineSchema(ResponseSchema):
    """Pieces of one item in the order, at the price when the session was opened."""

    item_id = fields.UUID()
    item_name = fields.String()
    unit_price = fields.Integer(**described("Won."))
    quantity = fields.Integer()


class SessionSchema(ResponseSchema):
    """One order of a buyer. `item_id`, `item_name`, `unit_price` and `quantity` are those of the first line."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "status": "prepared",
        "language": "ko",
        "imp_uid": None,
        "payment_id": None,
        "virtual_account": None,
        "settled": False,
        "poll_after_ms": 3_000,
        "paid_at": None,
    }

    session_id = fields.String()
    merchant_uid = fields.String()
    reference = fields.String(allow_none=True, **described("The shop's own number of the order."))
    user_id = fields.String(allow_none=True, **USER_ID)
    status = Word(SessionStatus)
    provider_status = fields.String(allow_none=True, **described("The status as PortOne calls it."))
    generation = Word(Generation)
    item_id = fields.UUID()
    item_name = fields.String()
    unit_price = fields.Integer()
    quantity = fields.Integer()
    line_count = fields.Integer()
    lines = fields.List(fields.Nested(SessionLineSchema))
    items_total = fields.Integer(**described("Won: the sum of the lines."))
    shipping = fields.Integer(**described("Won."))
    discount = fields.Integer(**described("Won that are taken off."))
    amount = fields.Integer(**described("Won that the buyer pays: `items_total` + `shipping` - `discount`."))
    tax_free_amount = fields.Integer(**described("The part of `amount` that contains no VAT."))
    currency = fields.String()
    pay_method = fields.String(allow_none=True)
    buyer_name = fields.String()
    buyer_email = fields.String()
    buyer_tel = fields.String()
    buyer_addr = fields.String(allow_none=True)
    buyer_postcode = fields.String(allow_none=True)
    redirect_url = fields.String(allow_none=True)
    language = Word(Language, **described("Of the buyer. A window that does not speak it is in English."))
    app_scheme = fields.String(allow_none=True)
    imp_uid = fields.String(allow_none=True)
    payment_id = fields.String(allow_none=True, **described("For GET /payments/{payment_id}, once known."))
    virtual_account = fields.Nested(VirtualAccountSchema, allow_none=True)
    fail_reason = fields.String(allow_none=True)
    message = fields.Nested(MessageSchema)
    settled = fields.Boolean(**described("No further change is expected; stop polling."))
    poll_after_ms = fields.Integer(allow_none=True)
    expires_at = Moment(**described("Moves once, when the payment window is opened."))
    paid_at = Moment(allow_none=True)
    created_at = Moment()
    updated_at = Moment()
    checkout = fields.Nested(CheckoutSchema, allow_none=True, **described("Null when it cannot be paid now."))
