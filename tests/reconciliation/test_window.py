"""The window of time of a comparison; dates are days in Korea."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable
from pitturu.reconciliation import window
from pitturu.reconciliation.window import Window
from tests.values import settings_for

NOW = datetime(2026, 11, 26, 18, 20, tzinfo=UTC)
"""03:20 on the 27th in Seoul."""


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """Stop the clock."""
    clock.use(lambda: NOW)
    yield
    clock.use(None)


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begin", "end", "since", "until"),
    [
        (None, None, utc(2026, 11, 25, 15), utc(2026, 11, 26, 15)),
        ("2026-11-01", "2026-11-01", utc(2026, 10, 31, 15), utc(2026, 11, 1, 15)),
        ("2026-11-01", "2026-11-02", utc(2026, 10, 31, 15), utc(2026, 11, 2, 15)),
        ("2026-11-26", None, utc(2026, 11, 25, 15), NOW),
        ("2026-11-27", "2026-11-27", utc(2026, 11, 26, 15), NOW),
        ("2026-11-01T09:00", "2026-11-01T10:00:30", utc(2026, 11, 1), utc(2026, 11, 1, 1, 0, 30)),
        ("2026-11-01T09:00Z", "2026-11-01T10:00+00:00", utc(2026, 11, 1, 9), utc(2026, 11, 1, 10)),
    ],
)
def test_requested_windows(begin: str | None, end: str | None, since: datetime, until: datetime) -> None:
    assert window.requested_window(begin, end) == Window(since, until)


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        ("yesterday", None, "from"),
        ("2026-13-01", None, "from"),
        ("2026-11-01", "soon", "to"),
        (None, "2026-11-01", "from"),
        ("2026-11-02", "2026-11-01", "from"),
        ("2026-11-28", None, "from"),
        ("2025-11-25", None, "from"),
        ("0001-01-01T00:00+14:00", None, "from"),
        ("0001-01-01", None, "from"),
    ],
)
def test_invalid_windows(begin: str | None, end: str | None, field: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        window.requested_window(begin, end)

    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(2026, 11, 26, 18, 59), utc(2026, 11, 25, 15)),
        (utc(2026, 11, 26, 19, 0), utc(2026, 11, 26, 15)),
        (utc(2026, 11, 27, 18, 59), utc(2026, 11, 26, 15)),
    ],
)
def test_the_daily_comparison_begins_at_four_in_seoul_and_covers_a_week(now: datetime, until: datetime) -> None:
    clock.use(lambda: now)

    assert window.due_by_now(settings_for()) == Window(until - timedelta(days=7), until)


def test_a_shorter_interval() -> None:
    settings = settings_for(comparison_interval=timedelta(hours=6), comparison_delay=timedelta(minutes=30))

    assert window.due_by_now(settings).until == utc(2026, 11, 26, 15)


@pytest.mark.parametrize(("minute", "hour"), [(14, 17), (15, 18)])
def test_webhooks_of_an_hour_are_compared_a_quarter_of_an_hour_later(minute: int, hour: int) -> None:
    clock.use(lambda: utc(2026, 11, 26, 19, minute))

    assert window.webhooks_due_by_now() == Window(utc(2026, 11, 26, hour), utc(2026, 11, 26, hour + 1))
