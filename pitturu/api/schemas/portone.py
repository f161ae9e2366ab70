"""What PortOne posts to us."""

from marshmallow import EXCLUDE, Schema, fields

from pitturu.api.schemas.fields import Text, Won, order_id, provider_id
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain.money import MAX_AMOUNT


class NoticeSchema(Schema):
    """A webhook, JSON or form: V1's four fields, or `type` and `data` of V2, or the three of V2's first version.

    Only for the contract: the body is parsed where PortOne's language is spoken.
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
    """The confirm process: may this payment go ahead? PortOne may add fields."""

    class Meta:
        """Unknown fields are PortOne's right."""

        unknown = EXCLUDE

    imp_uid = provider_id(required=True)
    merchant_uid = order_id(required=True)
    amount = Won(0, MAX_AMOUNT, required=True)


class EmptySchema(Schema):
    """Go ahead."""


class RefusalSchema(ProblemSchema):
    """Do not go ahead. PortOne shows `reason` to the buyer."""

    reason = fields.String(required=True, metadata={"description": "In Korean, and in English in brackets."})
