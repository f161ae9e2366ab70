"""Bodies of payments, their cancellations and their history."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from pitturu.api.schemas.fields import TEL, Moment, PageQuery, ResponseSchema, Text, Whole, Word, described, optional
from pitturu.api.schemas.sessions import USER_ID
from pitturu.domain.banks import BANKS
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.decision.cancel_policy import CancelWay, WayReason
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_AMOUNT, MAX_QUANTITY
from pitturu.domain.pg_capabilities import Impossible
from pitturu.domain.pricing import MOST_LINES


class RefundAccountSchema(Schema):
    """The account that a refund is transferred to."""

    bank = fields.String(required=True, validate=validate.OneOf(sorted(BANKS)), **described("Three-digit KFTC code."))
    number = fields.String(required=True, validate=validate.Regexp(r"^[0-9][0-9-]{5,15}\Z"))
    holder = Text(1, 16, required=True)
    tel = Text(7, 20, TEL, load_default="")


class CancelLineSchema(Schema):
    """Pieces of one line to return."""

    line_id = fields.UUID(required=True, **described("From the payment's `lines`."))
    quantity = Whole(1, MAX_QUANTITY, required=True)


class CancelSchema(Schema):
    """How much to refund: by lines and quantity; without these everything that is left; or, for operators, an amount in
    won, with the pieces that come back for it."""

    reason = Text(1, 255, required=True)
    amount = Whole(
        1,
        MAX_AMOUNT,
        **optional(
            "Won; `quantity` or `lines` then say which pieces come back for it, none without. Only for operators, and "
            "not for their own purchases; otherwise 403 `amount_for_operators_only`."
        ),
    )
    quantity = Whole(
        1,
        MAX_QUANTITY,
        **optional("Pieces of the only line to return, at the price paid unless `amount` says otherwise."),
    )
    lines = fields.List(
        fields.Nested(CancelLineSchema),
        validate=validate.Length(1, MOST_LINES),
        **optional(
            "Pieces to return by line, at the price paid less their share of the discount. The last pieces of an order "
            "bring what is left of it back, shipping included."
        ),
    )
    refund_account = fields.Nested(
        RefundAccountSchema, **optional("Required where the payment's `cancellation_options` say so.")
    )

    @validates_schema
    def names_pieces_once(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for pieces that are named twice."""
        lines = [line["line_id"] for line in data["lines"] or ()]
        if lines and data["quantity"] is not None:
            raise ValidationError("Send either lines or quantity.", "lines")
        if len(set(lines)) < len(lines):
            raise ValidationError("Name each line once.", "lines")


class MaskedAccountSchema(ResponseSchema):
    """Enough digits for the owner to recognise the account."""

    bank = fields.String()
    bank_name = fields.String()
    number = fields.String()
    holder = fields.String()


class ReturnedLineSchema(ResponseSchema):
    """Pieces of one line that come back."""

    line_id = fields.UUID()
    quantity = fields.Integer()


class CancellationSchema(ResponseSchema):
    """One refund. `stage` is its progress."""

    cancellation_id = fields.String()
    kind = fields.String(validate=validate.OneOf(list(CancelKind)))
    stage = Word(
        CancelStage,
        **described("`return_requested` and `awaiting_approval` wait for a person of the shop; `rejected` is a no."),
    )
    amount = fields.Integer()
    tax_free = fields.Integer(**described("The part of `amount` that contains no VAT."))
    vat = fields.Integer(**described("The VAT of the rest, of payments with a tax-free part; PortOne computes others."))
    quantity = fields.Integer(allow_none=True, **described("Pieces of all lines that come back."))
    lines = fields.List(fields.Nested(ReturnedLineSchema), **described("The same by line."))
    reason = fields.String()
    refusal = fields.String(
        allow_none=True, **described("PortOne's message when it refused, or why a person rejected it.")
    )
    refund_account = fields.Nested(MaskedAccountSchema, allow_none=True)
    receipt_url = fields.String(allow_none=True)
    created_at = Moment()
    decided_at = Moment(allow_none=True)


class CancellationOptionsSchema(ResponseSchema):
    """What the PG can do with a cancel that is requested now, and what the shop's policy makes of it."""

    way = Word(
        CancelWay,
        **described(
            "For this caller: `cancel` is executed at once, `return_request` waits for a person of the shop, `none` is "
            "refused with `way_reason` as `code`."
        ),
    )
    way_reason = Word(WayReason, allow_none=True, **described("Why it is not `cancel`."))
    way_until = Moment(allow_none=True, **described("When this way ends; null if it does not end by time."))

    possible = fields.Boolean(**described("Whether all that is left can be cancelled."))
    partial_possible = fields.Boolean(
        data_key="partial", **described("Whether a part of what is left can be cancelled.")
    )
    account_required = fields.Boolean(**described("The refund is paid to `refund_account`."))
    tel_required = fields.Boolean(**described("`refund_account` needs `tel` as well."))
    reason = Word(Impossible, allow_none=True, **described("The `code` with which the rest is refused."))


class LineSchema(ResponseSchema):
    """Pieces of one item in the order, and how far the shop has come with them."""

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
    lines = fields.List(fields.Nested(LineSchema))
    cancellations = fields.List(fields.Nested(CancellationSchema))
    cancellation_options = fields.Nested(
        CancellationOptionsSchema, allow_none=True, **described("Null when there is no money to refund.")
    )
    timeline = fields.List(fields.Nested(EventSchema))


class HistoryQuerySchema(PageQuery):
    """Which part of the history to return."""

    status = Word(SessionStatus, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone, inclusive."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone, exclusive."))


class HistoryPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(PaymentSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
