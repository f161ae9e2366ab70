"""Bodies of payment sessions."""

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import (
    TEL,
    Email,
    OptionalBody,
    RedirectUrl,
    Text,
    Whole,
    moment,
    nullable,
    order_id,
    provider_id,
)
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_QUANTITY
from pitturu.domain.provider import Generation, PayMethod

LONGEST_WAIT = 25
"""Seconds a poll may wait: below the 30 s after which proxies commonly give up."""


class NewSessionSchema(Schema):
    """What the buyer chose and who they are. The price is computed by the server."""

    item_id = fields.UUID(required=True)
    quantity = Whole(1, MAX_QUANTITY, required=True)
    generation = fields.Enum(
        Generation,
        by_value=True,
        allow_none=True,
        load_default=None,
        metadata={"description": "Which of PortOne's APIs to pay through; the shop's default if omitted."},
    )
    pay_method = fields.Enum(PayMethod, by_value=True, allow_none=True, load_default=None)
    buyer_name = Text(1, 255, required=True)
    buyer_email = Email(255, required=True)
    buyer_tel = Text(7, 20, TEL, required=True)
    buyer_addr = Text(0, 500, allow_none=True, load_default=None)
    buyer_postcode = Text(0, 20, allow_none=True, load_default=None)
    redirect_url = RedirectUrl(
        allow_none=True,
        load_default=None,
        metadata={"description": "Where mobile browsers return to after the payment."},
    )


class PrepareSchema(OptionalBody):
    """Another payment method for the same order, optional."""

    pay_method = fields.Enum(
        PayMethod,
        by_value=True,
        allow_none=True,
        load_default=None,
        metadata={"description": "The method chosen before if omitted."},
    )


class VerifySchema(Schema):
    """What PortOne's window returned: for V1 at least one of its two ids, for V2 the `payment_id`."""

    imp_uid = provider_id(allow_none=True, load_default=None)
    merchant_uid = order_id(allow_none=True, load_default=None)
    payment_id = order_id(allow_none=True, load_default=None, metadata={"description": "V2's `paymentId`."})
    transaction_id = provider_id(allow_none=True, load_default=None, metadata={"description": "V2's `txId`."})


class WaitSchema(Schema):
    """How to poll."""

    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Respond only when something changed, or after so many seconds."},
    )


class VirtualAccountSchema(Schema):
    """The account to which the buyer transfers the money."""

    bank_code = fields.String(required=True)
    bank_name = fields.String(required=True)
    number = fields.String(required=True)
    holder = fields.String(required=True)
    due_at = moment(required=True, allow_none=True)


class MessageSchema(Schema):
    """What happened and what to do next, for the buyer."""

    ko = fields.String(required=True)
    en = fields.String(required=True)


class CheckoutSchema(Schema):
    """All that a browser needs to open the payment window. It must pass the values on unchanged."""

    generation = fields.Enum(Generation, by_value=True, required=True)
    script_url = fields.String(required=True, metadata={"description": "PortOne's script."})
    user_code = nullable(required=True, metadata={"description": "V1 only: for IMP.init."})
    ready = fields.Boolean(
        required=True, metadata={"description": "The amount is registered with PortOne; the window may open."}
    )
    params = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "For IMP.request_pay (V1) or PortOne.requestPayment (V2), unchanged."},
    )


class SessionSchema(Schema):
    """One buyer's order of one item."""

    session_id = fields.String(required=True)
    merchant_uid = fields.String(required=True)
    status = fields.Enum(SessionStatus, by_value=True, required=True)
    provider_status = nullable(required=True, metadata={"description": "The status as PortOne calls it."})
    generation = fields.Enum(Generation, by_value=True, required=True)
    item_id = fields.UUID(required=True)
    item_name = fields.String(required=True)
    unit_price = fields.Integer(required=True)
    quantity = fields.Integer(required=True)
    amount = fields.Integer(required=True, metadata={"description": "Won."})
    currency = fields.String(required=True)
    pay_method = nullable(required=True)
    buyer_name = fields.String(required=True)
    buyer_email = fields.String(required=True)
    buyer_tel = fields.String(required=True)
    buyer_addr = nullable(required=True)
    buyer_postcode = nullable(required=True)
    redirect_url = nullable(required=True)
    imp_uid = nullable(required=True)
    payment_id = nullable(required=True, metadata={"description": "For GET /payments/{payment_id}, once known."})
    virtual_account = fields.Nested(VirtualAccountSchema, required=True, allow_none=True)
    fail_reason = nullable(required=True)
    message = fields.Nested(MessageSchema, required=True)
    settled = fields.Boolean(required=True, metadata={"description": "No further change is expected; stop polling."})
    poll_after_ms = fields.Integer(required=True, allow_none=True)
    expires_at = moment(required=True)
    paid_at = moment(required=True, allow_none=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)
    checkout = fields.Nested(
        CheckoutSchema, required=True, allow_none=True, metadata={"description": "Null when it cannot be paid now."}
    )
