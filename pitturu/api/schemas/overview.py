"""Bodies of the operators' overview."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import Moment, ResponseSchema, Word, described
from pitturu.domain.decline_reasons import DeclineReason
from pitturu.reporting.overview import Period
from pitturu.store.webhooks import DeliveryState


class OverviewQuerySchema(Schema):
    """Of which time, in periods of which length."""

    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone; the default is today, 00:00."))
    until = Moment(data_key="to", load_default=None, **described("Exclusive; the default is now."))
    by = Word(Period, load_default=Period.HOUR, **described("Days and months are those of Korea."))


class MoneySchema(ResponseSchema):
    """Movements of money."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"count": 31, "won": 744_000}

    count = fields.Integer()
    won = fields.Integer()


class DurationsSchema(ResponseSchema):
    """Durations in milliseconds, null where there are none. The percentiles are approximate."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"count": 31, "mean_ms": 357, "p50_ms": 375, "p95_ms": 488}

    count = fields.Integer()
    mean_ms = fields.Integer(allow_none=True)
    p50_ms = fields.Integer(allow_none=True)
    p95_ms = fields.Integer(allow_none=True)


class FiguresSchema(ResponseSchema):
    """What happened. A session that is paid after it was declined is counted under both."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "opened": 40,
        "paid": 31,
        "declined": 2,
        "expired": 4,
        "mismatched": 0,
        "approval_rate": 0.94,
    }

    opened = fields.Integer(**described("Sessions that buyers opened."))
    paid = fields.Integer()
    declined = fields.Integer()
    expired = fields.Integer()
    mismatched = fields.Integer(**described("Paid with another amount, currency or channel; refunded by itself."))
    approval_rate = fields.Float(allow_none=True, **described("Paid of paid and declined; null if there were neither."))
    received = fields.Nested(MoneySchema)
    refunded = fields.Nested(MoneySchema)


class PeriodSchema(FiguresSchema):
    """The figures of one period. Periods in which nothing happened are left out."""

    start = Moment()


class WaySchema(FiguresSchema):
    """The figures of one way to pay, as far as it was known at the time; "" where it was not."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"pg_provider": "html5_inicis"}

    pay_method = fields.String()
    pg_provider = fields.String()
    generation = fields.String()


class DeclineSchema(ResponseSchema):
    """How many payments were declined for one reason."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"reason": "balance_too_low", "count": 2}

    reason = Word(DeclineReason)
    count = fields.Integer()


class WebhooksSchema(ResponseSchema):
    """How many webhooks of one kind ended in one way. `other` are kinds that PortOne does not document."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"kind": "Transaction.Paid"}

    kind = fields.String()
    outcome = Word(DeliveryState)
    count = fields.Integer()


class PreviousSchema(ResponseSchema):
    """The same hours as many days before: yesterday's of today so far. The last hour of one up to now is not over."""

    since = Moment(data_key="from")
    until = Moment(data_key="to", **described("By the hour."))
    total = fields.Nested(FiguresSchema)
    declines = fields.List(fields.Nested(DeclineSchema))
    time_to_paid = fields.Nested(DurationsSchema)


class OverviewSchema(ResponseSchema):
    """The figures of a span of time. `as_of`: up to when everything is counted, null before the first count."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"as_of": "2026-12-02T03:00:00.123456+00:00"}

    since = Moment(data_key="from")
    until = Moment(data_key="to")
    by = Word(Period)
    as_of = Moment(allow_none=True)
    total = fields.Nested(FiguresSchema)
    periods = fields.List(fields.Nested(PeriodSchema), **described("The earliest first."))
    ways = fields.List(fields.Nested(WaySchema), **described("The one with most money first."))
    declines = fields.List(fields.Nested(DeclineSchema), **described("The most frequent reason first."))
    time_to_paid = fields.Nested(
        DurationsSchema, **described("From the last accepted verify to paid; not of those that a webhook announced.")
    )
    webhooks = fields.List(fields.Nested(WebhooksSchema), **described("Those that are finished."))
    webhook_lag = fields.Nested(DurationsSchema, **described("From receipt until its answer was applied."))
    previous = fields.Nested(PreviousSchema, **described("To compare with."))


def figures(found: Any, **more: Any) -> dict[str, Any]:
    """The figures with further fields."""
    names = FiguresSchema().fields
    return {name: getattr(found, name) for name in names} | more
