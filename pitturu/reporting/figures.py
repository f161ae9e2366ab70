"""Figures that rows of the rollups add up to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pitturu.domain.lifecycle import SessionStatus
from pitturu.reporting.measures import BUCKETS
from pitturu.store.rollups import Measure, Span


@dataclass
class Money:
    """Movements of money, and their sum in won."""

    count: int = 0
    won: int = 0

    def add(self, row: Any) -> None:
        """Add a row of the rollups."""
        self.count, self.won = self.count + int(row.count), self.won + int(row.sum)


@dataclass
class Durations:
    """Durations in milliseconds. The percentiles are those of the buckets they were counted in, so approximate.

    `bounds` are the upper bounds of the buckets, in milliseconds; longer durations are in a last one.
    """

    count: int = 0
    total_ms: int = 0
    buckets: Counter[int] = field(default_factory=Counter)
    bounds: Sequence[float] = tuple(bound.total_seconds() * 1000 for bound in BUCKETS)

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

    def add(self, row: Any) -> None:
        """Add a row of the rollups."""
        self.count, self.total_ms = self.count + int(row.count), self.total_ms + int(row.sum)
        self.buckets[int(row.label)] += int(row.count)

    def percentile(self, fraction: float) -> int | None:
        """The duration that this fraction does not exceed, by linear interpolation within its bucket.

        Of the last bucket, which has no end, it is the beginning. None without durations.
        """
        left = fraction * self.count
        bounds = [0.0, *self.bounds]
        for number, count in sorted(self.buckets.items()):
            if count and left <= count:
                low, high = bounds[number], bounds[min(number + 1, len(self.bounds))]
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
                self.received.add(row)
            case Measure.REFUNDED:
                self.refunded.add(row)

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


@dataclass(kw_only=True)
class Sums:
    """The figures of a span in all."""

    span: Span
    total: Figures = field(default_factory=Figures)
    declines: Counter[str] = field(default_factory=Counter)
    time_to_paid: Durations = field(default_factory=Durations)

    def add(self, row: Any) -> None:
        """Add a row of the rollups."""
        match row.measure:
            case Measure.DECLINED:
                self.declines[row.label] += int(row.count)
            case Measure.TIME_TO_PAID:
                self.time_to_paid.add(row)
            case _:
                self.total.add(row)
