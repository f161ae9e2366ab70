"""The replica is read while its lag is small; otherwise the primary database is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, text

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import KEY, services_of
from pitturu.store import heartbeats, history, replica
from pitturu.store.history import Filter
from pitturu.store.replica import LAG_CHECK_INTERVAL, MAX_LAG, PAUSE
from tests.manual_clock import ManualClock
from tests.store import rows

EVERYTHING = Filter()
MINE = "application_name = 'pitturu-replica' AND datname = current_database()"
"""The connections to the replica. Other processes of the test run have theirs to databases of the same server."""


@pytest.fixture(scope="module")
def reading_app(settings: Settings, postgres_url: str) -> Iterator[Flask]:
    """An app whose replica is its own database under another URL, so that it has no lag."""
    app = create_app(replace(settings, database_replica_url=f"{postgres_url}?"))
    yield app
    with app.app_context():
        db.engine.dispose()
    services_of(app).replica.engine.dispose()


@pytest.fixture
def replica_clock() -> ManualClock:
    """The clock of the replica's cooldowns, which tests advance."""
    return ManualClock()


@pytest.fixture
def queries(app: Flask, reading_app: Flask, replica_clock: ManualClock) -> Iterator[list[str]]:
    """The tables that are read from the replica, while the heartbeat is new and hana has one payment."""
    tested = replica.Replica(services_of(reading_app).replica.engine, replica_clock)
    reading_app.extensions[KEY] = replace(services_of(reading_app), replica=tested)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append("heartbeats" if "heartbeats" in statement else "payment_history")

    event.listen(tested.engine, "before_cursor_execute", note)
    with reading_app.app_context():
        heartbeats.beat("beat")
        rows.payment(rows.session())
        db.session.commit()
        yield seen
        db.session.rollback()
    event.remove(tested.engine, "before_cursor_execute", note)
    clock.use(None)


def payments() -> int:
    """The number of payments in hana's history."""
    return len(history.page("hana", EVERYTHING, 10))


def test_a_history_is_read_from_the_replica(queries: list[str], replica_clock: ManualClock) -> None:
    assert payments() == payments() == 1
    assert queries == ["heartbeats", "payment_history", "payment_history"]
    replica_clock.seconds += LAG_CHECK_INTERVAL.total_seconds()
    assert payments() == 1
    assert queries[3:] == ["heartbeats", "payment_history"]


def test_no_transaction_is_left_open_on_the_replica(queries: list[str]) -> None:
    assert payments() == 1
    assert set(db.session.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {MINE}"))) == {"idle"}


def test_a_replica_with_too_much_lag_is_not_read(queries: list[str], replica_clock: ManualClock) -> None:
    moment = clock.now()
    clock.use(lambda: moment + MAX_LAG + timedelta(seconds=1))
    assert payments() == payments() == 1
    assert queries == ["heartbeats"]
    heartbeats.beat("beat")
    db.session.commit()
    replica_clock.seconds += PAUSE.total_seconds()
    assert payments() == 1
    assert queries == ["heartbeats", "heartbeats", "payment_history"]


def test_a_replica_without_heartbeats_is_not_read(queries: list[str]) -> None:
    db.session.execute(text("DELETE FROM heartbeats"))
    db.session.commit()
    assert payments() == 1
    assert queries == ["heartbeats"]


def test_a_replica_that_fails_is_read_again_after_a_pause(queries: list[str], replica_clock: ManualClock) -> None:
    assert payments() == 1
    db.session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {MINE}"))
    db.session.commit()
    queries.clear()
    assert payments() == payments() == 1
    assert queries == ["payment_history"]
    replica_clock.seconds += PAUSE.total_seconds()
    assert payments() == 1
    assert queries == ["payment_history", "heartbeats", "payment_history"]


def test_an_unreachable_replica_is_not_tried_by_every_request(app: Flask, settings: Settings) -> None:
    lonely = create_app(replace(settings, database_replica_url="postgresql://nobody@127.0.0.1:1/nothing"))
    tries: list[object] = []
    event.listen(services_of(lonely).replica.engine, "do_connect", lambda *arguments: tries.append(arguments))
    with lonely.app_context():
        rows.payment(rows.session())
        assert payments() == payments() == 1
        db.session.rollback()
        db.engine.dispose()
    assert len(tries) == 1


def test_without_a_replica_the_primary_database_is_read(tables: None) -> None:
    rows.payment(rows.session())
    assert payments() == 1
