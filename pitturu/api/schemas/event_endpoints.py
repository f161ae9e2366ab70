"""Bodies of the endpoints of the shop's own systems, and of what is sent to them."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, Word, described, matching
from pitturu.api.schemas.shop_events import CHOICES, ShopEventSchema
from pitturu.domain import ids
from pitturu.domain.shop_events import STORED
from pitturu.outbound.public_addresses import is_public
from pitturu.services import services
from pitturu.store.event_endpoints import LONGEST_URL
from pitturu.store.outbound import MessageStatus
from pitturu.store.paging import MOST_COUNTED

MOST_NAMED: Final = 100
"""Events that one request for a replay names."""

_ALL_TYPES: Final = "Types of events; leave it out for all of them."


def reachable(value: str) -> None:
    """The validator of endpoints' URLs. Names are resolved and checked whenever an event is sent."""
    production = services().settings.production
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValidationError("This is not a URL.") from error
    if not re.fullmatch(r"[!-~]+", value) or "\\" in value or not parts.hostname:
        raise ValidationError("This is not a URL. Encode special characters as %XX.")
    if parts.scheme != "https" and (production or parts.scheme != "http"):
        raise ValidationError("The URL must begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise ValidationError("The URL must hold neither a user name or password nor a #fragment.")
    if production and _is_address(parts.hostname) and not is_public(parts.hostname):
        raise ValidationError("Events are sent to public addresses only.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _types(**options: Any) -> Any:
    """Types of events."""
    return fields.List(fields.String(validate=CHOICES), validate=validate.Length(0, len(STORED)), **options)


class NewEndpointSchema(Schema):
    """Where events are to be sent."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "url": "https://shop.example/hooks/pitturu",
        "types": ["payment.paid", "payment.cancelled"],
    }

    url = Text(8, LONGEST_URL, reachable, required=True, **described("https://; in development also http://."))
    types = _types(load_default=[], **described(_ALL_TYPES))
    description = Text(0, 200, load_default="", **described("For operators."))


class EndpointChangeSchema(Schema):
    """What is to be changed; the rest stays."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"types": []}

    url = Text(8, LONGEST_URL, reachable)
    types = _types(**described("Types of events; an empty list for all of them."))
    description = Text(0, 200)
    enabled = fields.Boolean(
        validate=validate.Equal(False, error="POST …/resume resumes an endpoint."),
        **described("false pauses it. POST …/resume resumes it."),
    )


class EndpointSchema(ResponseSchema):
    """An endpoint, and how it is doing. Its secret is not shown."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "url": "https://shop.example/hooks/pitturu",
        "description": "orders",
        "types": ["payment.paid", "payment.cancelled"],
        "gone": False,
        "created_by": "minji",
    }

    endpoint_id = fields.String()
    url = fields.String()
    description = fields.String()
    types = fields.List(fields.String(), **described("Types of events that it gets; all if empty."))
    enabled = fields.Boolean()
    paused_at = Moment(allow_none=True, **described("Since when nothing is sent to it; null while it is enabled."))
    paused_reason = fields.String(allow_none=True)
    gone = fields.Boolean(**described("Whether it was paused by itself: it answered 410, or took nothing for days."))
    failing_since = Moment(allow_none=True, **described("The first failure after the last success."))
    old_secret_until = Moment(allow_none=True, **described("Until then the secret before the last one signs too."))
    created_at = Moment()
    created_by = fields.String(allow_none=True, **described("Null for somebody at a terminal."))


class EndpointBacklogSchema(ResponseSchema):
    """What an endpoint has not taken yet."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"pending": 3, "dead": 0}

    pending = fields.Integer(**described(f"Events that are still tried, counted up to {MOST_COUNTED:,}."))
    since = Moment(allow_none=True, **described("When the oldest of these happened."))
    dead = fields.Integer(**described(f"Events whose tries ran out, counted up to {MOST_COUNTED:,}."))


class ListedEndpointSchema(EndpointSchema):
    """An endpoint, and what waits for it."""

    backlog = fields.Nested(EndpointBacklogSchema)


class EndpointsSchema(ResponseSchema):
    """All endpoints, oldest first."""

    items = fields.List(fields.Nested(ListedEndpointSchema))


class EndpointSecretSchema(EndpointSchema):
    """An endpoint with its secret."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"secret": "whsec_xD9Wvk5s4OrUFxb+MnSHuvFo6bp+d+a/iCdjMYT/IO8="}

    secret = fields.String(**described("Signs its events. It is shown this once: keep it."))


class TestEventSchema(ResponseSchema):
    """A test event that is being sent."""

    event_id = fields.String(**described("GET …/deliveries shows what became of it."))


class EventReplaySchema(Schema):
    """Which events to send again: those since a moment, or some by their ids."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"since": "2026-12-02T00:00:00+09:00"}

    since = Moment(data_key="since", load_default=None, **described("Every event from then on."))
    event_ids = fields.List(
        Text(1, 64, matching(ids.PROVIDER_ID)), load_default=None, validate=validate.Length(1, MOST_NAMED)
    )

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        if (data["since"] is None) == (data["event_ids"] is None):
            raise ValidationError("Send either since or event_ids.", "since")


class ReplayedEventsSchema(ResponseSchema):
    """What is sent again."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"replayed": 12}

    replayed = fields.Integer(attribute="count", **described("How many messages are due now."))
    next = Moment(allow_none=True, **described("Where another request goes on; null when nothing is left."))


class ResumedSchema(ResponseSchema):
    """An endpoint that gets events again."""

    endpoint = fields.Nested(EndpointSchema)
    replayed = fields.Nested(ReplayedEventsSchema)


class DeliverySchema(ResponseSchema):
    """One event on its way to one endpoint."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "message_id": "msgm4hq9jvy5p2fe82pwk0v6gy4sx",
        "type": "payment.paid",
        "status": "delivered",
        "answer": "204",
        "delivered_at": "2026-12-02T03:04:06.345678+00:00",
    }

    message_id = fields.String(**described("`why` and `replay` of operations accept it."))
    event_id = fields.String(attribute="about_id")
    type = fields.String(attribute="content.type")
    status = Word(MessageStatus)
    attempts = fields.Integer(**described("Tries since it was last requested, 0 when it is done."))
    answer = fields.String(allow_none=True, **described("The receiver's answer, or why nothing was sent."))
    last_error = fields.String(allow_none=True)
    created_at = Moment(**described("When the event happened."))
    delivered_at = Moment(allow_none=True)
    next_try = Moment(attribute="due_at", allow_none=True)
    dead_since = Moment(attribute="dead_at", allow_none=True)
    event = fields.Nested(ShopEventSchema, attribute="content", **described("What is sent."))


class DeliveriesQuerySchema(PageQuery):
    """Which deliveries to list."""

    status = Word(MessageStatus, load_default=None)


class DeliveriesSchema(ResponseSchema):
    """Newest event first."""

    items = fields.List(fields.Nested(DeliverySchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
