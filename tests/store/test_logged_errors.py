"""Counts of errors by the hour, and a bounded number of their lines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import logged_errors
from pitturu.store.logged_errors import Line, Tally, Window, hour_of
from tests.store.plans import plans

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """An app context with empty tables."""
    with app.app_context():
        yield
        db.session.rollback()


def save(at: datetime, event: str = "it_broke", count: int = 1, dropped: int = 0) -> None:
    """An error as a process saves it, with a line unless it was dropped."""
    line = Line(at, event, "ERROR", "pitturu.somewhere", "worker", "host", "req1", "{}", None)
    with db.engine.connect() as connection:
        tally = Tally(count, dropped, at, at)
        logged_errors.save(connection, {(hour_of(at), event): tally}, [] if dropped else [line])


def day(event: str | None = None) -> Window:
    """The day of the tests."""
    return Window(NOON - timedelta(hours=12), NOON + timedelta(hours=12), event)


def test_counts_of_all_processes_and_hours_add_up() -> None:
    save(NOON + timedelta(minutes=5), count=3)
    save(NOON + timedelta(minutes=1), count=1_000_000, dropped=999_999)
    save(NOON + timedelta(hours=2))
    save(NOON, "rare")

    first, second = logged_errors.events(day())
    assert (first.event, first.count, first.dropped) == ("it_broke", 1_000_004, 999_999)
    assert (first.first_seen, first.last_seen) == (NOON + timedelta(minutes=1), NOON + timedelta(hours=2))
    assert (second.event, second.count) == ("rare", 1)
    assert [one.event for one in logged_errors.events(day("rare"))] == ["rare"]
    assert logged_errors.events(Window(NOON + timedelta(hours=1), NOON + timedelta(hours=2), None)) == []


def test_lines_come_newest_first_page_by_page() -> None:
    for minute in range(5):
        save(NOON + timedelta(minutes=minute), "odd" if minute % 2 else "even")

    first = logged_errors.lines(day(), None, 3)
    rest = logged_errors.lines(day(), (first[-1].created_at, first[-1].id), 3)
    assert [line.created_at.minute for line in (*first, *rest)] == [4, 3, 2, 1, 0]
    assert [line.created_at.minute for line in logged_errors.lines(day("odd"), None, 10)] == [3, 1]


def test_old_counts_and_lines_are_deleted() -> None:
    now = clock.now()
    save(now - logged_errors.LINES_KEPT_FOR, "month")
    save(now - logged_errors.COUNTS_KEPT_FOR, "quarter")
    save(now, "new")
    logged_errors.delete_expired()

    window = Window(now - timedelta(days=200), now + timedelta(days=1), None)
    assert {line.event for line in logged_errors.lines(window, None, 10)} == {"new"}
    assert {one.event for one in logged_errors.events(window)} == {"new", "month"}


def test_a_frequent_error_displaces_neither_rare_ones_nor_fills_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logged_errors, "LINES_KEPT_OF_EACH", 3)
    monkeypatch.setattr(logged_errors, "LINES_KEPT", 4)
    now = clock.now()
    save(now - timedelta(hours=2), "oldest")
    save(now - timedelta(hours=1), "rare")
    for minute in range(10):
        save(now - timedelta(minutes=minute), "frequent")
    logged_errors.delete_expired()

    left = logged_errors.lines(Window(now - timedelta(days=1), now + timedelta(days=1), None), None, 100)
    assert [line.event for line in left] == ["frequent"] * 3 + ["rare"]
    assert [line.created_at for line in left[:3]] == [now - timedelta(minutes=minute) for minute in range(3)]


@pytest.mark.parametrize("event", [None, "rare"])
def test_a_page_is_read_from_an_index(event: str | None) -> None:
    """Neither the whole table nor a sort, however many lines there are."""
    (plan,) = plans(lambda: logged_errors.lines(day(event), (NOON, uuid4()), 21))
    assert "Index Scan Backward" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
