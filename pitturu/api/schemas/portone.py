"""What PortOne posts to us."""

from marshmallow import EXCLUDE, Schema, fields

from pitturu.api.schemas.fields import Text, Won, order_id, provider_id
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain.money import MAX_AMOUNT


class NoticeSchema(Schema):
    """A V1 webhook, JSON or form. Only for the contract: the body is parsed where PortOne's language is spoken."""

    imp_uid = provider_id(required=True)
    merchant_uid = Text(1, 40, required=True)
    status = Text(1, 50, required=True)
    cancellation_id = Text(0, 255, allow_none=True)


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
