"""Bodies about cash receipts (현금영수증)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from pitturu.api.schemas.fields import Moment, OptionalBody, ResponseSchema, Text, Word, described, optional
from pitturu.domain.cash_receipts import CASH_METHODS, ReceiptPurpose, ReceiptStage, WantedReceipt, identify

LONGEST_IDENTIFIER = 30
"""Characters, with hyphens and spaces. The longest number has 19 digits."""

WRONG: Mapping[ReceiptPurpose, str] = {
    ReceiptPurpose.PERSONAL: "Send a mobile telephone number, or the number of a cash receipt card (16 to 19 digits).",
    ReceiptPurpose.BUSINESS: "This is no business registration number: check its ten digits.",
    ReceiptPurpose.NONE: "Leave this out: no receipt is wanted.",
}


class WantedReceiptSchema(Schema):
    """Whom the buyer wants a cash receipt for; only with `pay_method` `trans` or `vbank`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"purpose": "personal", "identifier": "010-1234-5678"}

    purpose = Word(
        ReceiptPurpose,
        required=True,
        **described("`personal` for the income deduction, `business` as proof of an expense, `none` if not wanted."),
    )
    identifier = Text(
        1,
        LONGEST_IDENTIFIER,
        **optional(
            "Personal: a mobile telephone number or the number of a cash receipt card. Business: the registration "
            "number. Never a resident registration number. It is stored encrypted and shown masked."
        ),
    )

    @post_load
    def as_wanted(self, data: dict[str, Any], **_: Any) -> WantedReceipt:
        """The receipt. Raises ValidationError for a number that cannot be right."""
        purpose, text = ReceiptPurpose(data["purpose"]), data["identifier"]
        if purpose is ReceiptPurpose.NONE:
            if text is not None:
                raise ValidationError(WRONG[purpose], "identifier")
            return WantedReceipt(purpose)
        identifier = identify(purpose, text or "")
        if identifier is None:
            raise ValidationError(WRONG[purpose], "identifier")
        return WantedReceipt(purpose, identifier)


class ReceiptAgainSchema(OptionalBody):
    """Whom a receipt is issued to, if not to whom it was before."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"cash_receipt": WantedReceiptSchema.EXAMPLE}

    cash_receipt = fields.Nested(WantedReceiptSchema, **optional("Whom it is issued to; as before if omitted."))


class PaidInCash(Schema):
    """A body that may say which cash receipt the buyer wants."""

    cash_receipt = fields.Nested(
        WantedReceiptSchema, **optional("With `pay_method` `trans` or `vbank`: the receipt that the buyer wants.")
    )

    @validates_schema
    def has_cash(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError for a receipt of another payment method: what is not needed is not stored."""
        if data.get("cash_receipt") is not None and data.get("pay_method") not in CASH_METHODS:
            complaint = "Leave this out: only `pay_method` trans and vbank have cash receipts."
            raise ValidationError(complaint, "cash_receipt")


class CashReceiptSchema(ResponseSchema):
    """The cash receipt of an order, from its payment on."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "receipt_id": "rcp5w0d3m9k2q8x1v7r4t6y3b0c5z",
        "stage": "issued",
        "purpose": "personal",
        "identifier": "*******5678",
        "number": "123456789",
        "url": "https://receipt.example/cash/123456789",
        "issued_at": "2026-12-02T03:00:00.123456+00:00",
        "cancelled_at": None,
    }

    receipt_id = fields.String()
    stage = Word(
        ReceiptStage,
        **described(
            "`checking`, `issuing`, `cancelling`: under way. `failed`, `differs`: it could not be issued, or is about "
            "another amount than was kept; an operator has to see to it."
        ),
    )
    purpose = Word(ReceiptPurpose, allow_none=True, **described("Null if the buyer was not asked."))
    identifier = fields.String(
        allow_none=True, **described("Masked. Null if the buyer gave none, or it was erased with the buyer's data.")
    )
    self_issued = fields.Boolean(**described("Issued to nobody, because the law asks for it and the buyer did not."))
    amount = fields.Integer(allow_none=True, **described("Won; null until one was issued, or if it is not shown."))
    number = fields.String(allow_none=True, **described("The number of its approval."))
    url = fields.String(allow_none=True, **described("Where the buyer sees it: https, or null."))
    issued_at = Moment(allow_none=True)
    cancelled_at = Moment(allow_none=True)


class OrderReceiptSchema(CashReceiptSchema):
    """The same with what workers know of it."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"kept": 24_000, "refusal": None, "may_issue_again": False}

    kept = fields.Integer(**described("Won that were paid and not refunded: what it has to be about."))
    refusal = fields.String(allow_none=True, **described("Why it is not in order."))
    last_error = fields.String(allow_none=True)
    next_try = Moment(attribute="due_at", allow_none=True)
    dead_since = Moment(attribute="dead_at", allow_none=True)
    may_issue_again = fields.Boolean(**described("Whether it waits for an operator, who may have it tried again."))
