"""Bodies that PortOne posts to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from pitturu.api.schemas.fields import Text, Won, described, order_id, provider_id
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain.money import MAX_AMOUNT
from pitturu.domain.provider import Generation
from pitturu.portone.webhooks import CONFIRM


class NoticeSchema(Schema):
    """A webhook, JSON or form: V1's four fields, or `type` and `data` of V2, or the three of V2's first version.

    Only for the OpenAPI document: the body is parsed in `pitturu.portone.webhooks`.
    """

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "imp_uid": "imp_448280090638",
        "merchant_uid": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
        "status": "paid",
    }

    imp_uid = provider_id()
    merchant_uid = Text(1, 40)
    status = Text(1, 50)
    cancellation_id = Text(0, 255, allow_none=True)
    type = Text(1, 50)
    timestamp = Text(1, 40)
    data = fields.Dict(keys=fields.String())
    payment_id = Text(1, 64)
    tx_id = provider_id()


class ConfirmDataSchema(Schema):
    """The `data` of V2's confirm process."""

    class Meta:
        """PortOne may add fields."""

        unknown = EXCLUDE

    payment_id = order_id(required=True, data_key="paymentId")
    transaction_id = provider_id(required=True, data_key="transactionId")
    total_amount = Won(0, MAX_AMOUNT, required=True, data_key="totalAmount")


@dataclass(frozen=True)
class Question:
    """Whether a payment of this order and this amount in won may be approved, and which generation asks."""

    generation: Generation
    order_id: str
    amount: int


class ConfirmSchema(Schema):
    """The confirm process: whether this payment may be approved. V1's three fields, or `type` and `data` of V2, or the
    three of V2's first version.
    """

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "imp_uid": "imp_448280090638",
        "merchant_uid": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
        "amount": 24_000,
    }

    class Meta:
        """PortOne may add fields."""

        unknown = EXCLUDE

    FORMS: Final = (("imp_uid", "merchant_uid", "amount"), ("type", "data"), ("payment_id", "tx_id", "total_amount"))
    """The fields of each form. The first of them tells it from the others; a body without any is taken for V1's."""

    imp_uid = provider_id()
    merchant_uid = order_id()
    amount = Won(0, MAX_AMOUNT)
    type = Text(1, 50, validate.Equal(CONFIRM))
    data = fields.Nested(ConfirmDataSchema)
    payment_id = order_id()
    tx_id = provider_id()
    total_amount = Won(0, MAX_AMOUNT)

    @validates_schema
    def _complete(self, body: dict[str, Any], **_: Any) -> None:
        missing = [name for name in self._form(body) if name not in body]
        if missing:
            raise ValidationError({name: [fields.Field.default_error_messages["required"]] for name in missing})

    @post_load
    def _as_question(self, body: dict[str, Any], **_: Any) -> Question:
        kind, *_rest = self._form(body)
        if kind == "imp_uid":
            return Question(Generation.V1, body["merchant_uid"], body["amount"])
        about = body["data"] if kind == "type" else body
        return Question(Generation.V2, about["payment_id"], about["total_amount"])

    def _form(self, body: dict[str, Any]) -> tuple[str, ...]:
        return next((form for form in self.FORMS if form[0] in body), self.FORMS[0])


class EmptySchema(Schema):
    """The payment may be approved."""


class RefusalSchema(ProblemSchema):
    """The payment must not be approved. PortOne shows the reason to the buyer."""

    reason = fields.String(required=True, **described("In Korean, and in English in brackets. V1 reads this."))
    error_message = fields.String(required=True, data_key="errorMessage", **described("The same, which V2 reads."))
