"""Metrics from the rollups: counters of all time, which cost the same however many payments there are.

They may decrease once, when `pitturu rollups rebuild` corrects them; Prometheus takes that for a restart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from pitturu.domain import clock
from pitturu.domain.lifecycle import SessionStatus
from pitturu.reporting.measures import BUCKETS
from pitturu.store import rollups
from pitturu.store.rollups import Measure, RollupTotal

Labels = tuple[str, ...]


class Count(NamedTuple):
    """One counter: its name, text and labels. It adds up `sum` instead of `count` where it `sums`."""

    name: str
    text: str
    measure: Measure
    labels: Labels
    sums: bool = False


_METHOD: Final = ("method", "generation")

COUNTS: Final = (
    Count("pitturu_payments_paid", "Sessions that were paid", Measure.TRANSITION, ("method", "pg", "generation")),
    Count("pitturu_payments_failed", "Payments that were declined", Measure.DECLINED, (*_METHOD, "reason")),
    Count("pitturu_won_received", "Won that buyers paid", Measure.RECEIVED, _METHOD, sums=True),
    Count("pitturu_won_refunded", "Won that were refunded", Measure.REFUNDED, _METHOD, sums=True),
    Count("pitturu_refunds", "Refunds, in full or in part", Measure.REFUNDED, _METHOD),
    Count("pitturu_webhooks_finished", "Webhooks that are closed", Measure.WEBHOOK, ("generation", "kind", "outcome")),
)


def families() -> Iterator[Metric]:
    """All metrics of the rollups, in two statements."""
    rows = rollups.totals(tuple(Measure))
    yield _sessions(rows)
    for count in COUNTS:
        yield _counter(count, [row for row in rows if row.measure == count.measure and _belongs(count, row)])
    text = "From the last accepted verify to paid"
    yield _histogram("pitturu_time_to_paid_seconds", text, rows, Measure.TIME_TO_PAID)
    text = "From the receipt of a webhook until it is closed"
    yield _histogram("pitturu_webhook_lag_seconds", text, rows, Measure.WEBHOOK_LAG)
    yield _lag()


def _sessions(rows: Iterable[RollupTotal]) -> GaugeMetricFamily:
    """How many sessions have each status: those that came to have it, less those that left it."""
    present: Counter[str] = Counter()
    for row in rows:
        if row.measure == Measure.TRANSITION:
            before, _, after = row.label.partition(">")
            present[before] -= row.count
            present[after] += row.count
    family = GaugeMetricFamily("pitturu_sessions", "Payment sessions by status", labels=["status"])
    for status in SessionStatus:
        family.add_metric([status], present[status])
    return family


def _belongs(count: Count, row: RollupTotal) -> bool:
    return count.measure is not Measure.TRANSITION or row.label.endswith(f">{SessionStatus.PAID}")


def _counter(count: Count, rows: Iterable[RollupTotal]) -> CounterMetricFamily:
    family = CounterMetricFamily(count.name, count.text, labels=count.labels)
    found: Counter[Labels] = Counter()
    for row in rows:
        found[tuple(_label(row, name) for name in count.labels)] += row.sum if count.sums else row.count
    for labels, value in sorted(found.items()):
        family.add_metric(labels, value)
    return family


def _label(row: RollupTotal, name: str) -> str:
    match name:
        case "method":
            return row.pay_method
        case "pg":
            return row.pg_provider
        case "kind":
            return row.label.rpartition(":")[0]
        case "outcome":
            return row.label.rpartition(":")[2]
        case "reason":
            return row.label
    return row.generation


def _histogram(name: str, text: str, rows: Sequence[RollupTotal], measure: Measure) -> HistogramMetricFamily:
    counts: Counter[int] = Counter()
    milliseconds = 0
    for row in rows:
        if row.measure == measure:
            counts[int(row.label)] += row.count
            milliseconds += row.sum
    bounds = [*(f"{bound.total_seconds():g}" for bound in BUCKETS), "+Inf"]
    upto = [sum(counts[number] for number in range(last + 1)) for last in range(len(bounds))]
    return HistogramMetricFamily(name, text, list(zip(bounds, upto, strict=True)), milliseconds / 1000)


def _lag() -> GaugeMetricFamily:
    progress = rollups.progress()
    family = GaugeMetricFamily("pitturu_rollup_lag_seconds", "Age of the figures of the rollups", labels=[])
    if progress is not None and progress.counted_at is not None:
        family.add_metric([], (clock.now() - progress.counted_at).total_seconds())
    return family
