"""Bodies that PortOne posts to us."""

from marshmallow import EXCLUDE, Schema, fields

from pitturu.api.schemas.fields import Text, Won, described, order_id, provider_id
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain.money import MAX_AMOUNT


class NoticeSchema(Schema):
    """A webhook, JSON or form: V1's four fields, or `type` and `data` of V2, or the three of V2's first version.

    Only for the OpenAPI document: the body is parsed in `pitturu.portone.webhooks`.
    """

    imp_uid = provider_id()
    merchant_uid = Text(1, 40)
    status = Text(1, 50)
    cancellation_id = Text(0, 255, allow_none=True)
    type = Text(1, 50)
    timestamp = Text(1, 40)
    data = fields.Dict(keys=fields.String())
    payment_id = Text(1, 64)
    tx_id = provider_id()


class ConfirmSchema(Schema):
    """The confirm process: whether this payment may be approved. PortOne may add fields."""

    class Meta:
        """PortOne may add fields."""

        unknown = EXCLUDE

    imp_uid = provider_id(required=True)
    merchant_uid = order_id(required=True)
    amount = Won(0, MAX_AMOUNT, required=True)


class EmptySchema(Schema):
    """The payment may be approved."""


class RefusalSchema(ProblemSchema):
    """The payment must not be approved. PortOne shows `reason` to the buyer."""

    reason = fields.String(required=True, **described("In Korean, and in English in brackets."))
