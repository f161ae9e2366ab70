"""Arithmetic of measurements: percentiles, rates, spreads, and bars."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any

from benchmarks.ratios import Ratio


@dataclass(frozen=True)
class Sample:
    """The result for one kind of request: the duration of each (seconds), the HTTP statuses, the total time.

    `answers` are those of the whole run: also those before and after the time that is measured.
    """

    took: Sequence[float]
    statuses: Counter[int]
    seconds: float
    answers: int = 0

    @property
    def per_second(self) -> float:
        """Successful answers per second."""
        return sum(count for status, count in self.statuses.items() if 200 <= status < 400) / self.seconds

    @property
    def failures(self) -> int:
        """Responses that were no success, and broken connections (status 0)."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 400)

    def summary(self) -> dict[str, Any]:
        """For the table and the file: rate, milliseconds, failures."""
        return {
            "per_second": self.per_second,
            "p50": percentile(self.took, 50) * 1000,
            "p99": percentile(self.took, 99) * 1000,
            "failures": self.failures,
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
        }


@dataclass(frozen=True)
class Bar:
    """A limit for the median of a ratio of two figures of one run. `most` bars are upper limits."""

    letter: str
    what: str
    ratio: Ratio
    limit: float
    unit: str = "x"
    most: bool = False
    detail: str = ""

    @property
    def kept(self) -> bool:
        """Whether the median meets the limit."""
        return self.ratio.median <= self.limit if self.most else self.ratio.median >= self.limit

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        figure = {"figure": self.ratio.median, "interval": self.ratio.interval}
        return asdict(self) | figure | {"kept": self.kept}


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank); 0 when there is none."""
    ordered = sorted(values)
    return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)] if ordered else 0.0


def merged(samples: Sequence[Sample]) -> Sample:
    """Several rounds as one sample."""
    return Sample(
        [took for sample in samples for took in sample.took],
        sum((sample.statuses for sample in samples), Counter()),
        sum(sample.seconds for sample in samples),
        sum(sample.answers for sample in samples),
    )


def typical(rates: Sequence[float]) -> tuple[float, float]:
    """(median of the rounds, their range as a share of the median)."""
    middle = median(rates)
    return middle, (max(rates) - min(rates)) / middle if middle else 0.0


def steady_rate(moments: Sequence[float]) -> float:
    """Events per second between the first tenth and the last, which excludes start and end."""
    ordered = sorted(moments)
    first, last = len(ordered) // 10, len(ordered) * 9 // 10
    span = ordered[last] - ordered[first] if ordered else 0.0
    return (last - first) / span if span > 0 else 0.0
