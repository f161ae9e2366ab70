"""Bodies of payments, their cancellations and their history."""

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import TEL, Text, Whole, moment, nullable
from pitturu.domain.banks import BANKS
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_AMOUNT, MAX_QUANTITY

MOST_ON_A_PAGE = 100


class RefundAccountSchema(Schema):
    """The account that a refund is transferred to."""

    bank = fields.String(
        required=True, validate=validate.OneOf(sorted(BANKS)), metadata={"description": "Three-digit KFTC code."}
    )
    number = fields.String(required=True, validate=validate.Regexp(r"^[0-9][0-9-]{5,15}\Z"))
    holder = Text(1, 16, required=True)
    tel = Text(7, 20, TEL, load_default="")


class CancelSchema(Schema):
    """How much to refund: by quantity; without one everything that is left; or, for operators, an amount in won."""

    reason = Text(1, 255, required=True)
    amount = Whole(
        1,
        MAX_AMOUNT,
        allow_none=True,
        load_default=None,
        metadata={
            "description": "Won, without returning any items. Only for operators, and not for their own purchases; "
            "otherwise 403 `amount_for_operators_only`."
        },
    )
    quantity = Whole(
        1,
        MAX_QUANTITY,
        allow_none=True,
        load_default=None,
        metadata={"description": "Quantity to return, at the price paid."},
    )
    refund_account = fields.Nested(
        RefundAccountSchema,
        allow_none=True,
        load_default=None,
        metadata={"description": "Required for a virtual account that was paid."},
    )


class MaskedAccountSchema(Schema):
    """Enough digits for the owner to recognise the account."""

    bank = fields.String(required=True)
    bank_name = fields.String(required=True)
    number = fields.String(required=True)
    holder = fields.String(required=True)


class CancellationSchema(Schema):
    """One refund. `stage` is its progress."""

    cancellation_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(CancelKind)))
    stage = fields.Enum(CancelStage, by_value=True, required=True)
    amount = fields.Integer(required=True)
    quantity = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    refusal = nullable(required=True, metadata={"description": "PortOne's message when it refused."})
    refund_account = fields.Nested(MaskedAccountSchema, required=True, allow_none=True)
    receipt_url = nullable(required=True)
    created_at = moment(required=True)
    decided_at = moment(required=True, allow_none=True)


class EventSchema(Schema):
    """One entry of the timeline."""

    at = moment(required=True)
    kind = fields.String(required=True)
    from_status = nullable(required=True, data_key="from")
    to_status = nullable(required=True, data_key="to")
    amount = fields.Integer(required=True, metadata={"description": "Won received (+) or refunded (-)."})
    cause = fields.String(required=True)
    actor = fields.String(required=True, metadata={"description": "A user name only if the caller is an operator."})
    provider_status = nullable(required=True)
    detail = nullable(required=True)


class PaymentSchema(Schema):
    """One attempt at PortOne that received money, awaits it, or was refused."""

    payment_id = fields.String(required=True)
    imp_uid = fields.String(required=True)
    merchant_uid = fields.String(required=True)
    item_name = fields.String(required=True)
    amount = fields.Integer(required=True, metadata={"description": "Won that were charged; refunds do not reduce it."})
    cancelled_amount = fields.Integer(required=True)
    currency = fields.String(required=True)
    status = fields.Enum(SessionStatus, by_value=True, required=True)
    provider_status = fields.String(required=True)
    verdict = nullable(required=True, metadata={"description": "accepted, or why the money is refunded."})
    pay_method = fields.String(required=True)
    receipt_url = nullable(required=True)
    fail_reason = nullable(required=True)
    created_at = moment(required=True)
    paid_at = moment(required=True, allow_none=True)


class FullPaymentSchema(PaymentSchema):
    """A payment with its cancellations and its timeline."""

    session_id = fields.String(required=True)
    cancellations = fields.List(fields.Nested(CancellationSchema), required=True)
    timeline = fields.List(fields.Nested(EventSchema), required=True)


class HistoryQuerySchema(Schema):
    """Which part of the history to return."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST_ON_A_PAGE))
    cursor = Text(1, 300, load_default=None, metadata={"description": "`next` of the previous page."})
    status = fields.Enum(SessionStatus, by_value=True, load_default=None)
    since = moment(data_key="from", load_default=None, metadata={"description": "ISO 8601 with zone, inclusive."})
    until = moment(data_key="to", load_default=None, metadata={"description": "ISO 8601 with zone, exclusive."})


class HistoryPageSchema(Schema):
    """Newest first."""

    items = fields.List(fields.Nested(PaymentSchema), required=True)
    next = nullable(required=True, metadata={"description": "Cursor of the next page, null on the last one."})
