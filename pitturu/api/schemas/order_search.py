"""Bodies of what the shop's server looks for, and of what it gets for a browser."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Word, described, reference, user_id
from pitturu.api.schemas.payments import PaymentSchema
from pitturu.api.schemas.sessions import USER_ID
from pitturu.domain.lifecycle import SessionStatus


class OrdersQuerySchema(PageQuery):
    """Which orders to return; several filters together are possible."""

    reference = reference(load_default=None, **described("The shop's own number of the order."))
    user_id = user_id(load_default=None, **described("The shop's own id of the buyer, or `guest:…`."))
    status = Word(SessionStatus, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone, inclusive."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone, exclusive."))


class FoundPaymentSchema(PaymentSchema):
    """A payment, and whose order it pays."""

    session_id = fields.String()
    user_id = fields.String(allow_none=True, **USER_ID)


class FoundPaymentsSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(FoundPaymentSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


class FoundSessionSchema(ResponseSchema):
    """A session in short; `GET /payments/sessions/{session_id}` has all of it."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"reference": "2026-1207", "user_id": "guest:8f2c", "status": "paid"}

    session_id = fields.String()
    merchant_uid = fields.String()
    reference = fields.String(allow_none=True)
    user_id = fields.String(allow_none=True, **USER_ID)
    status = Word(SessionStatus)
    item_name = fields.String()
    amount = fields.Integer(**described("Won."))
    currency = fields.String()
    payment_id = fields.String(allow_none=True)
    expires_at = Moment()
    paid_at = Moment(allow_none=True)
    created_at = Moment()


class FoundSessionsSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(FoundSessionSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


class ClientTokenSchema(ResponseSchema):
    """For the browser of one buyer: send it as `Authorization: Bearer`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "client_token": "eyJhbGciOiJIUzI1NiJ9.eyJzZXNzaW9uX2lkIjoic2VzIn0.c2lnbmF0dXJl",
        "token_type": "Bearer",
    }

    client_token = fields.String()
    token_type = fields.String()
    session_id = fields.String(**described("The only session that it is for."))
    expires_at = Moment()
