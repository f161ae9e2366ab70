"""Bodies of cancellations: what is requested, what becomes of it, what is possible."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from pitturu.api.schemas.fields import TEL, Moment, ResponseSchema, Text, Whole, Word, described, optional
from pitturu.domain.banks import BANKS
from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.decision.cancel_policy import CancelWay, WayReason
from pitturu.domain.money import MAX_AMOUNT, MAX_QUANTITY
from pitturu.domain.pg_capabilities import Impossible
from pitturu.domain.pricing import MOST_LINES


class RefundAccountSchema(Schema):
    """The account that a refund is transferred to."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "bank": "088",
        "number": "110-123-456789",
        "holder": "김하나",
        "tel": "010-1234-5678",
    }

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

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "lines": [{"line_id": "6f1d2b7c-93c4-4d0c-8a5e-2b9f1e7d4c30", "quantity": 1}]
    }

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
            "bring what is left of it back, shipping included, once no other cancel of it is undecided."
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

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "bank": "088",
        "bank_name": "신한은행",
        "number": "*********6789",
        "holder": "김*나",
    }

    bank = fields.String()
    bank_name = fields.String()
    number = fields.String()
    holder = fields.String()


class ReturnedLineSchema(ResponseSchema):
    """Pieces of one line that come back."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"quantity": 1}

    line_id = fields.UUID()
    quantity = fields.Integer()


class CancellationSchema(ResponseSchema):
    """One refund. `stage` is its progress."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "kind": "refund",
        "stage": "requested",
        "amount": 12_000,
        "tax_free": 0,
        "vat": 1_091,
        "quantity": 1,
        "refund_account": None,
    }

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

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "way": "cancel",
        "account_required": False,
        "tel_required": False,
        "reason": None,
    }

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
