"""What operators read of the rollups: figures of a span, in all and by period, and those of the span's methods."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable
from pitturu.reporting.figures import Durations, Figures, Sums
from pitturu.store import rollups
from pitturu.store.rollups import Measure, Span


class Period(StrEnum):
    """How long the periods are. They begin at the hour, or at midnight in Korea."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


LONGEST: Final = {Period.HOUR: timedelta(days=31), Period.DAY: timedelta(days=400), Period.MONTH: timedelta(days=3_700)}
"""The longest span of each kind of period, so that an answer has less than a thousand of them."""


class Way(NamedTuple):
    """How a payment was made: what figures are broken down by."""

    pay_method: str
    pg_provider: str
    generation: str


@dataclass(kw_only=True)
class Overview(Sums):
    """The figures of a span in all, by period and by way to pay; reasons, durations and webhooks only in all.

    `webhooks` counts closed deliveries by kind (PortOne's word, or `other`) and outcome. `as_of` is the time up to
    which everything is counted, None before the first count. `previous` has the same hours of as many days before, so
    that a morning is compared with a morning.
    """

    period: Period
    as_of: datetime | None
    previous: Sums
    periods: dict[datetime, Figures] = field(default_factory=dict)
    ways: dict[Way, Figures] = field(default_factory=dict)
    webhooks: Counter[tuple[str, str]] = field(default_factory=Counter)
    webhook_lag: Durations = field(default_factory=Durations)

    def add(self, row: Any) -> None:
        """Add a row of the rollups, with its period."""
        match row.measure:
            case Measure.DECLINED | Measure.TIME_TO_PAID:
                super().add(row)
            case Measure.WEBHOOK:
                kind, _, outcome = row.label.rpartition(":")
                self.webhooks[kind, outcome] += int(row.count)
            case Measure.WEBHOOK_LAG:
                self.webhook_lag.add(row)
            case _:
                way = Way(row.pay_method, row.pg_provider, row.generation)
                for figures in (self.total, _of(self.periods, row.period), _of(self.ways, way)):
                    figures.add(row)


def overview(since: datetime | None, until: datetime | None, period: Period) -> Overview:
    """The figures from `since` until just before `until`, by the hour: both are rounded to whole hours outwards.

    The default is today in Korea. Raises Unprocessable (`bad_span`) if the span is empty or too long for its periods.
    """
    span, progress = _span(since, until, period), rollups.progress()
    as_of = progress.counted_at if progress and not progress.stale else None
    found = Overview(span=span, period=period, as_of=as_of, previous=_before(span))
    for row in rollups.by_period(span, period, "Asia/Seoul"):
        found.add(row)
    return found


def webhook_lag(since: datetime, until: datetime) -> Durations:
    """From the receipt of webhooks until they were closed, of those that were closed in the hours of this span."""
    found = Durations()
    for row in rollups.by_period(Span(since, until), Period.MONTH, "UTC"):
        if row.measure == Measure.WEBHOOK_LAG:
            found.add(row)
    return found


def approval_rate(since: datetime, until: datetime) -> tuple[float | None, int]:
    """The approval rate of the hours that begin in this span, and how many payments were paid or declined."""
    figures = Figures()
    for row in rollups.by_period(Span(since, until), Period.MONTH, "UTC"):
        figures.add(row)
    return figures.approval_rate, figures.paid + figures.declined


def _before(span: Span) -> Sums:
    """The figures of the same hours as many days earlier as the span has, at least one."""
    days = timedelta(days=max(1, -((span.since - span.until) // timedelta(days=1))))
    found = Sums(span=Span(span.since - days, _whole_hour(span.until - days)))
    for row in rollups.by_period(found.span, Period.MONTH, "UTC"):
        found.add(row)
    return found


def _whole_hour(until: datetime) -> datetime:
    """The end of the hour; of its beginning that itself."""
    return until + (datetime.min - until.replace(tzinfo=None)) % timedelta(hours=1)


def _span(since: datetime | None, until: datetime | None, period: Period) -> Span:
    now = clock.now()
    begin = since or now.astimezone(clock.SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    end = until or now
    if end <= begin:
        raise _bad_span("This is not before the end.")
    if end - begin > LONGEST[period]:
        days = LONGEST[period].days
        raise _bad_span(f"By {period}, ask for {days} days at most: shorten the span or lengthen the periods.")
    return Span(begin.replace(minute=0, second=0, microsecond=0), end)


def _bad_span(words: str) -> Unprocessable:
    return Unprocessable("bad_span", words, {"from": [words]})


def _of(figures: dict[Any, Figures], key: Any) -> Figures:
    return figures.setdefault(key, Figures())
