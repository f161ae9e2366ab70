"""A new count: it finds wrong rollups, corrects them, and survives restored databases and deleted lines."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.reporting import rollups
from pitturu.store import webhook_outcomes
from pitturu.store.rollups import HourlyRollup, Measure, RollupProgress
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.webhook_outcomes import WebhookOutcome
from tests.counted import count_all
from tests.reporting.counting import NOON, agree, counts, other_transaction, write


def test_wrong_and_missing_counts_are_found_and_corrected(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 100)
        write(connection, session_key, -30)
    count_all()
    with unit_of_work() as work:
        work.session.execute(update(HourlyRollup).where(HourlyRollup.measure == "received").values(sum=99))
        work.session.execute(text("DELETE FROM rollup_totals WHERE measure = 'refunded'"))

    assert not agree()
    assert rollups.rebuild(unit_of_work).differences > 0
    assert agree()
    assert counts(Measure.RECEIVED) == {"": (1, 100)}
    assert counts(Measure.REFUNDED) == {"": (1, 30)}


def test_a_database_restored_into_another_cluster_is_counted_anew(session_key: UUID) -> None:
    """There, transactions are numbered from the beginning, below those that were counted."""
    with other_transaction() as connection:
        write(connection, session_key, 100)
    count_all()
    with unit_of_work() as work:
        work.session.execute(update(RollupProgress).values(counted_below="4611686018427387904"))
    with other_transaction() as connection:
        write(connection, session_key, 200)
    count_all()
    with other_transaction() as connection:
        write(connection, session_key, 400)
    count_all()

    assert counts(Measure.RECEIVED) == {"": (3, 700)}
    assert agree()


def test_a_rebuild_while_an_older_transaction_is_open_counts_nothing_twice(session_key: UUID) -> None:
    """What was committed before the rebuild is counted by its id, though its transaction is not among the old ones."""
    with other_transaction() as older:
        older.execute(text("SELECT pg_current_xact_id()"))
        with other_transaction() as connection:
            write(connection, session_key, 5)
        rollups.rebuild(unit_of_work)
        write(older, session_key, 7)
    count_all()

    assert counts(Measure.RECEIVED) == {"": (2, 12)}
    assert agree()


def test_lines_of_before_the_migration_are_counted(session_key: UUID) -> None:
    with other_transaction() as connection:
        columns = "session_key, kind, cause, origin, amount, at, transaction_id"
        values = "(:session, 'money', 'verify', 'system', 70, :at, NULL)"
        connection.execute(
            text(f"INSERT INTO payment_events ({columns}) VALUES {values}"), {"session": session_key, "at": NOON}
        )
    count_all()

    assert counts(Measure.RECEIVED) == {"": (1, 70)}
    assert agree()


def test_counts_outlive_old_lines_about_webhooks(tables: None) -> None:
    """They are deleted by whole hours, of which a new count leaves the rollups as they are."""
    now, old = clock.now(), clock.now() - webhook_outcomes.KEPT_FOR - timedelta(hours=2)
    columns = {"generation": "v2", "event_status": "Transaction.Paid", "outcome": "done"}
    with unit_of_work() as work:
        for at in (old, now):
            work.insert(WebhookOutcome, **columns, received_at=at - timedelta(seconds=2), finished_at=at)
    count_all()
    rollups.clean(unit_of_work)

    assert db.session.scalars(select(func.count()).select_from(WebhookOutcome)).one() == 1
    assert agree()
    assert rollups.rebuild(unit_of_work).differences == 0
    assert counts(Measure.WEBHOOK) == {"Transaction.Paid:done": (2, 0)}


def test_a_count_may_take_longer_than_other_statements(session_key: UUID) -> None:
    """After years it does: if the timeout of every statement ended it, each later count would end like that too."""
    with other_transaction() as connection:
        write(connection, session_key, 100)
    count_all()

    @contextmanager
    def hurried() -> Iterator[UnitOfWork]:
        with unit_of_work() as work:
            work.session.execute(text("LOCK TABLE rollup_progress IN ROW SHARE MODE"))
            work.session.execute(text("SET LOCAL statement_timeout = 20"))
            work.session.execute(text("SET LOCAL lock_timeout = 0"))
            yield work

    slow = text(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END'"
    )
    with unit_of_work() as work:
        work.session.execute(slow)
        for table in ("rollup_totals", "hourly_rollups"):
            event = f"CREATE TRIGGER slow AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION slow()"
            work.session.execute(text(event))
    try:
        with other_transaction() as connection:
            write(connection, session_key, 200)
        assert rollups.rebuild(hurried).rows > 0
        rollups.update(hurried)
    finally:
        with unit_of_work() as work:
            work.session.execute(text("DROP FUNCTION slow CASCADE"))


def test_a_writer_that_does_not_end_is_not_waited_for(session_key: UUID) -> None:
    """Whoever waits for the lock of a table makes all later writers wait behind it."""
    with other_transaction() as forgotten:
        write(forgotten, session_key, 1)
        began = time.monotonic()
        with pytest.raises(rollups.Busy, match="pg_stat_activity"):
            rollups.rebuild(unit_of_work)
        rollups.update(unit_of_work)
        assert time.monotonic() - began < 4
    count_all()
    assert counts(Measure.RECEIVED) == {"": (1, 1)}


def _close_webhooks(number: int, hours_ago: int) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    columns = {"generation": "v1", "event_status": "paid", "outcome": "ignored", "received_at": at, "finished_at": at}
    with unit_of_work() as work:
        for _ in range(number):
            work.insert(WebhookOutcome, **columns)


def _lines() -> int:
    db.session.rollback()
    return db.session.scalars(select(func.count()).select_from(WebhookOutcome)).one()


def test_strangers_webhooks_fill_no_disk(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each one writes a line, and anybody can post them. What they were counted as stays."""
    monkeypatch.setattr(webhook_outcomes, "MOST", 10)
    monkeypatch.setattr(webhook_outcomes, "DELETED_AT_ONCE", 4)
    _close_webhooks(12, hours_ago=5)
    _close_webhooks(3, hours_ago=4)
    _close_webhooks(9, hours_ago=2)
    count_all()
    rollups.clean(unit_of_work)

    assert _lines() == 12, "those of the hour of the newest surplus line stay"
    assert agree()
    assert rollups.rebuild(unit_of_work).differences == 0
    assert counts(Measure.WEBHOOK) == {"paid:ignored": (24, 0)}


def test_lines_that_are_not_counted_yet_are_not_deleted(tables: None) -> None:
    count_all()
    _close_webhooks(3, hours_ago=24 * 100)
    rollups.clean(unit_of_work)
    assert _lines() == 3
    count_all()
    rollups.clean(unit_of_work)

    assert _lines() == 0
    assert sum(count for count, _ in counts(Measure.WEBHOOK).values()) == 3


def test_a_clock_that_is_set_ahead_for_a_moment_deletes_nothing(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _close_webhooks(3, hours_ago=2)
    count_all()
    with monkeypatch.context() as ahead:
        later = clock.now() + timedelta(days=3_650)
        ahead.setattr(clock, "now", lambda: later)
        rollups.clean(unit_of_work)
    _close_webhooks(2, hours_ago=1)
    count_all()
    rollups.clean(unit_of_work)

    assert _lines() == 5
    assert agree()
