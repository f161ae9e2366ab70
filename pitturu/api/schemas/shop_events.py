"""Bodies of events for the shop's own systems."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, described
from pitturu.domain.shop_events import STORED, ShopEventType

CHOICES: Final = validate.OneOf([kind.value for kind in STORED])
"""The types that an event may have."""


class ShopEventSchema(ResponseSchema):
    """One event, as endpoints get it."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "type": "payment.paid",
        "id": "evt5c0y6p7m1x9w3k8q2n4r0v7t1b",
        "created_at": "2026-12-02T03:04:05.678901+00:00",
        "sequence": 1,
        "data": {
            "session_id": "ses7d0m3k9q2x5v8r1t4w6y0b2c4z",
            "payment_id": "pay9x4t7q1m6k2h8d3b5z0w7s2p1n",
            "order_number": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
            "status": "paid",
            "amount": 24_000,
            "cancelled_amount": 0,
            "currency": "KRW",
        },
    }

    type = fields.String(validate=validate.OneOf([kind.value for kind in ShopEventType]))
    id = fields.String(**described("The same in every delivery: `webhook-id`."))
    created_at = fields.String()
    sequence = fields.Integer(
        allow_none=True, **described("Counts the events of a session: 1, 2, 3 without gaps. Null without a session.")
    )
    data = fields.Dict(keys=fields.String())


class EventsQuerySchema(Schema):
    """Which events to read."""

    after = Text(
        1,
        300,
        load_default=None,
        **described("`cursor` of the answer before, or `latest` for the end; without it, the oldest kept."),
    )
    types = Text(
        1, 300, load_default=None, **described("Types with commas between them; leave it out for all of them.")
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class EventsSchema(ResponseSchema):
    """Events in an order that never changes."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"cursor": "WzgxMjQsOTFd.q2Jt0xS1m3vK8aVb5cYd7eZf9gA", "more": False}

    items = fields.List(fields.Nested(ShopEventSchema))
    cursor = fields.String(**described("For `after` of the next request, also if there was no event."))
    more = fields.Boolean(**described("Whether further events can be read now."))


class RecentEventsQuerySchema(PageQuery):
    """Which events to list."""

    type = fields.String(load_default=None, validate=CHOICES)
    since = Moment(data_key="from", load_default=None, **described("Happened then or later. ISO 8601 with zone."))
    until = Moment(data_key="to", load_default=None, **described("Happened before this time. ISO 8601 with zone."))


class RecentEventsSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(ShopEventSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
