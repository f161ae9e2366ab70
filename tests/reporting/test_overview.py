"""The overview: sums, rates and percentiles from hourly rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable
from pitturu.reporting.figures import Durations, Figures
from pitturu.reporting.overview import Period, Way, approval_rate, overview
from pitturu.store.rollups import HourlyRollup, Measure
from pitturu.store.unit_of_work import unit_of_work

MORNING = datetime(2026, 11, 26, 23, tzinfo=UTC)
"""Eight o'clock of the 27th in Korea."""


def count(measure: Measure, label: str = "", hour: datetime = MORNING, **columns: Any) -> None:
    """Add a row of the rollups."""
    dimensions = {"generation": "v1", "pay_method": "card", "pg_provider": "html5_inicis"}
    values = dimensions | {"count": 1, "sum": 0} | columns
    with unit_of_work() as work:
        work.session.add(HourlyRollup(hour=hour, measure=measure, label=label, **values))


@pytest.mark.usefixtures("tables")
class TestOverview:
    def test_days_are_those_of_korea(self) -> None:
        count(Measure.RECEIVED, hour=MORNING - timedelta(hours=9), count=1, sum=100)
        count(Measure.RECEIVED, hour=MORNING - timedelta(hours=8), count=2, sum=200)
        count(Measure.RECEIVED, hour=MORNING + timedelta(hours=1), count=3, sum=300)

        found = overview(MORNING - timedelta(days=1), MORNING + timedelta(days=1), Period.DAY)

        days = {
            start.astimezone(clock.SEOUL).date().day: figures.received.won for start, figures in found.periods.items()
        }
        assert days == {26: 100, 27: 500}
        assert (found.total.received.count, found.total.received.won) == (6, 600)

    def test_only_hours_that_begin_in_the_span(self) -> None:
        for hours in (-1, 0, 1, 2):
            count(Measure.REFUNDED, hour=MORNING + timedelta(hours=hours), sum=10**hours if hours >= 0 else 7)

        found = overview(MORNING + timedelta(minutes=59), MORNING + timedelta(hours=2), Period.HOUR)

        assert found.total.refunded.won == 11

    def test_a_morning_is_compared_with_the_morning_before(self) -> None:
        for hours in (-25, -24, -23, -22, -1, 0):
            hour = MORNING + timedelta(hours=hours)
            count(Measure.RECEIVED, hour=hour, sum=10 ** (-hours // 5))
            count(Measure.DECLINED, "limit_exceeded", hour=hour)
            count(Measure.TIME_TO_PAID, "3", hour=hour, sum=300)

        found = overview(MORNING, MORNING + timedelta(hours=1, minutes=10), Period.HOUR)
        before = found.previous

        yesterday = MORNING - timedelta(days=1)
        assert (before.span.since, before.span.until) == (yesterday, yesterday + timedelta(hours=2))
        assert (found.total.received.won, before.total.received.won) == (1, 20_000)
        assert (before.declines["limit_exceeded"], before.time_to_paid.count) == (2, 2)

    @pytest.mark.parametrize(("hours", "days"), [(1, 1), (24, 1), (25, 2), (7 * 24, 7), (6 * 24 + 15, 7)])
    def test_the_span_before_does_not_overlap(self, hours: int, days: int) -> None:
        before = overview(MORNING, MORNING + timedelta(hours=hours), Period.HOUR).previous.span

        assert (before.since, before.until) == (
            MORNING - timedelta(days=days),
            MORNING + timedelta(hours=hours, days=-days),
        )

    def test_ways_reasons_and_webhooks(self) -> None:
        count(Measure.TRANSITION, "verifying>paid", count=3)
        count(Measure.TRANSITION, "verifying>failed", count=1, pay_method="kakaopay", pg_provider="kakaopay")
        count(Measure.TRANSITION, "verifying>prepared", count=9)
        count(Measure.TRANSITION, "failed>created", count=9)
        count(Measure.TRANSITION, ">created", count=5)
        count(Measure.DECLINED, "limit_exceeded")
        count(Measure.WEBHOOK, "Transaction.Paid:done", count=2)

        found = overview(MORNING, MORNING + timedelta(hours=1), Period.HOUR)

        assert (found.total.opened, found.total.paid, found.total.declined) == (5, 3, 1)
        assert found.total.approval_rate == 0.75
        assert found.ways[Way("kakaopay", "kakaopay", "v1")].approval_rate == 0
        assert dict(found.declines) == {"limit_exceeded": 1}
        assert dict(found.webhooks) == {("Transaction.Paid", "done"): 2}
        assert approval_rate(MORNING, MORNING + timedelta(hours=1)) == (0.75, 4)

    @pytest.mark.parametrize(
        ("since", "until", "period"),
        [
            (MORNING, MORNING, Period.HOUR),
            (MORNING, MORNING - timedelta(hours=1), Period.HOUR),
            (MORNING - timedelta(days=32), MORNING, Period.HOUR),
            (MORNING - timedelta(days=401), MORNING, Period.DAY),
        ],
    )
    def test_empty_and_too_long_spans(self, since: datetime, until: datetime, period: Period) -> None:
        with pytest.raises(Unprocessable) as refused:
            overview(since, until, period)
        assert refused.value.code == "bad_span"

    def test_by_default_it_is_today_in_korea(self) -> None:
        clock.use(lambda: MORNING)
        assert overview(None, None, Period.HOUR).span.since == MORNING - timedelta(hours=8)

    def test_before_the_first_count(self) -> None:
        found = overview(None, None, Period.HOUR)
        assert (found.as_of, found.periods, found.total) == (None, {}, Figures())
        assert found.total.approval_rate is None


def test_percentiles_are_within_their_bucket() -> None:
    durations = Durations(count=10, total_ms=9_000)
    durations.buckets.update({3: 5, 5: 5})

    assert (durations.mean_ms, durations.p50_ms) == (900, 500)
    assert 1_000 < (durations.p95_ms or 0) <= 2_000


def test_no_durations_and_endless_ones() -> None:
    assert (Durations().mean_ms, Durations().p95_ms) == (None, None)
    endless = Durations(count=1, total_ms=10**9)
    endless.buckets[14] = 1
    assert endless.p50_ms == 1_800_000


def test_rows_that_count_nothing_have_no_percentile() -> None:
    nothing = Durations()
    nothing.buckets[3] = 0
    assert nothing.p50_ms is None
