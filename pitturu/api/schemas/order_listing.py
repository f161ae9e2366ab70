"""Bodies of the operators' search of orders."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, Word, described, matching
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_AMOUNT
from pitturu.domain.provider import Generation

LONGEST: Final = 255
"""Characters of `q`: those of the longest name or email."""


class ExportLanguage(StrEnum):
    """Languages of the header row."""

    KO = "ko"
    EN = "en"


def _won(description: str) -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(0, MAX_AMOUNT), **described(description))


class OrderFilterSchema(Schema):
    """Which orders; several filters together are possible."""

    q = Text(
        1,
        LONGEST,
        load_default=None,
        **described(
            "The buyer's name or email, whole or its beginning; telephone, whole or its last digits; user name;"
            " or a whole id of ours or PortOne's, a `reference`, or the id of a webhook."
        ),
    )
    status = Word(SessionStatus, load_default=None)
    pay_method = Text(1, 50, matching(re.compile(r"[A-Za-z0-9_.-]+")), load_default=None)
    generation = Word(Generation, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone, inclusive."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone, exclusive."))
    amount_from = _won("Won, inclusive.")
    amount_to = _won("Won, inclusive.")
    item_id = fields.UUID(load_default=None, **described("Of any line of the order."))


class OrderListQuerySchema(OrderFilterSchema, PageQuery):
    """Which orders, and which page of them."""


class OrderExportQuerySchema(OrderFilterSchema):
    """Which orders, and how they are written."""

    language = Word(ExportLanguage, load_default=ExportLanguage.KO, **described("Of the header row."))


class ListedOrderSchema(ResponseSchema):
    """An order and its payment."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "reference": "2026-1207",
        "status": "paid",
        "refunded_amount": 0,
        "pg_provider": "html5_inicis",
    }

    session_id = fields.String(allow_none=True, **described("Null for money of an order that was never issued here."))
    payment_id = fields.String(
        allow_none=True,
        **described("Of the payment that pays the order, else of the newest attempt."),
    )
    merchant_uid = fields.String()
    imp_uid = fields.String(allow_none=True)
    reference = fields.String(allow_none=True, **described("The shop's own number of the order."))
    username = fields.String(allow_none=True)
    buyer_name = fields.String(allow_none=True, **described("Null when it was erased."))
    buyer_email = fields.String(allow_none=True, **described("Null when it was erased."))
    buyer_tel = fields.String(allow_none=True, **described("Null when it was erased."))
    status = Word(SessionStatus, **described("Of the order; of the payment where there is no order."))
    item_name = fields.String(**described("Of the first line."))
    line_count = fields.Integer()
    amount = fields.Integer(**described("Won."))
    refunded_amount = fields.Integer(**described("Won of the payment that went back."))
    currency = fields.String()
    pay_method = fields.String(allow_none=True, **described("As PortOne reports it, else as it was chosen."))
    pg_provider = fields.String(allow_none=True)
    generation = Word(Generation)
    created_at = Moment()
    paid_at = Moment(allow_none=True)


class OrderPageSchema(ResponseSchema):
    """Newest first. Rare matches are looked for step by step: a page with few rows, or none, may have a `next` one."""

    items = fields.List(fields.Nested(ListedOrderSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
    searched_until = Moment(
        allow_none=True, **described("Orders since then were searched; null when all of them were.")
    )
