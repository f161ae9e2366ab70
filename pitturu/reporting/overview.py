"""What operators read of the rollups: figures of a span, in all and by period, and those of the span's methods."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable
from pitturu.domain.lifecycle import SessionStatus
from pitturu.reporting.measures import BUCKETS
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


@dataclass
class Money:
    """Movements of money, and their sum in won."""

    count: int = 0
    won: int = 0


@dataclass
class Durations:
    """Durations in milliseconds. The percentiles are those of the buckets they were counted in, so approximate."""

    count: int = 0
    total_ms: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    @property
    def mean_ms(self) -> int | None:
        """The mean; None without durations."""
        return round(self.total_ms / self.count) if self.count else None

    @property
    def p50_ms(self) -> int | None:
        """The median."""
        return self.percentile(0.5)

    @property
    def p95_ms(self) -> int | None:
        """One in twenty is longer."""
        return self.percentile(0.95)

    def percentile(self, fraction: float) -> int | None:
        """The duration that this fraction does not exceed, by linear interpolation within its bucket.

        Of the last bucket, which has no end, it is the beginning. None without durations.
        """
        left = fraction * self.count
        bounds = [0.0, *(bound.total_seconds() * 1000 for bound in BUCKETS)]
        for number, count in sorted(self.buckets.items()):
            if left <= count:
                low, high = bounds[number], bounds[min(number + 1, len(BUCKETS))]
                return round(low + (high - low) * left / count)
            left -= count
        return None


@dataclass
class Figures:
    """What happened in a span. Sessions are counted at each change of status: one that is paid after it was declined is
    counted under both."""

    opened: int = 0
    paid: int = 0
    declined: int = 0
    expired: int = 0
    mismatched: int = 0
    received: Money = field(default_factory=Money)
    refunded: Money = field(default_factory=Money)

    @property
    def approval_rate(self) -> float | None:
        """Paid of all that were paid or declined; None if there were neither."""
        decided = self.paid + self.declined
        return round(self.paid / decided, 4) if decided else None

    def add(self, row: Any) -> None:
        """Add a row of the rollups."""
        match row.measure:
            case Measure.TRANSITION:
                self._add_change(SessionStatus(row.label.partition(">")[2]), row)
            case Measure.RECEIVED:
                _add_money(self.received, row)
            case Measure.REFUNDED:
                _add_money(self.refunded, row)

    def _add_change(self, status: SessionStatus, row: Any) -> None:
        match status:
            case SessionStatus.CREATED if row.label.startswith(">"):
                self.opened += int(row.count)
            case SessionStatus.PAID:
                self.paid += int(row.count)
            case SessionStatus.FAILED:
                self.declined += int(row.count)
            case SessionStatus.EXPIRED:
                self.expired += int(row.count)
            case SessionStatus.MISMATCHED:
                self.mismatched += int(row.count)


@dataclass
class Overview:
    """The figures of a span in all, by period and by way to pay; reasons, durations and webhooks only in all.

    `webhooks` counts closed deliveries by kind (PortOne's word, or `other`) and outcome. `as_of` is the time up to
    which everything is counted, None before the first count.
    """

    span: Span
    period: Period
    as_of: datetime | None
    total: Figures = field(default_factory=Figures)
    periods: dict[datetime, Figures] = field(default_factory=dict)
    ways: dict[Way, Figures] = field(default_factory=dict)
    declines: Counter[str] = field(default_factory=Counter)
    time_to_paid: Durations = field(default_factory=Durations)
    webhooks: Counter[tuple[str, str]] = field(default_factory=Counter)
    webhook_lag: Durations = field(default_factory=Durations)

    def add(self, row: Any) -> None:
        """Add a row of the rollups, with its period."""
        match row.measure:
            case Measure.DECLINED:
                self.declines[row.label] += int(row.count)
            case Measure.TIME_TO_PAID:
                _add_duration(self.time_to_paid, row)
            case Measure.WEBHOOK:
                kind, _, outcome = row.label.rpartition(":")
                self.webhooks[kind, outcome] += int(row.count)
            case Measure.WEBHOOK_LAG:
                _add_duration(self.webhook_lag, row)
            case _:
                way = Way(row.pay_method, row.pg_provider, row.generation)
                for figures in (self.total, _of(self.periods, row.period), _of(self.ways, way)):
                    figures.add(row)


def overview(since: datetime | None, until: datetime | None, period: Period) -> Overview:
    """The figures from `since` until just before `until`, by the hour: both are rounded to whole hours outwards.

    The default is today in Korea. Raises Unprocessable (`bad_span`) if the span is empty or too long for its periods.
    """
    span, progress = _span(since, until, period), rollups.progress()
    found = Overview(span, period, progress.counted_at if progress and not progress.stale else None)
    for row in rollups.by_period(span, period, "Asia/Seoul"):
        found.add(row)
    return found


def approval_rate(since: datetime, until: datetime) -> tuple[float | None, int]:
    """The approval rate of the hours that begin in this span, and how many payments were paid or declined."""
    figures = Figures()
    for row in rollups.by_period(Span(since, until), Period.MONTH, "UTC"):
        figures.add(row)
    return figures.approval_rate, figures.paid + figures.declined


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


def _add_money(money: Money, row: Any) -> None:
    money.count, money.won = money.count + int(row.count), money.won + int(row.sum)


def _add_duration(durations: Durations, row: Any) -> None:
    durations.count, durations.total_ms = durations.count + int(row.count), durations.total_ms + int(row.sum)
    durations.buckets[int(row.label)] += int(row.count)
