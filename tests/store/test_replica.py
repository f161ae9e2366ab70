"""Reading from a follower: used while it follows, and passed over in silence while it does not."""

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
from pitturu.store.replica import BEHIND, LOOK, REST
from tests.manual_clock import ManualClock
from tests.store import rows

EVERYTHING = Filter()
MINE = "application_name = 'pitturu-replica' AND datname = current_database()"
"""The connections to the replica. Other processes of the test run have theirs to databases of the same server."""


@pytest.fixture(scope="module")
def reading_app(settings: Settings, postgres_url: str) -> Iterator[Flask]:
    """An app whose replica is its own database by another address, so that it follows without delay."""
    app = create_app(replace(settings, database_replica_url=f"{postgres_url}?"))
    yield app
    with app.app_context():
        db.engine.dispose()
    services_of(app).replica.engine.dispose()


@pytest.fixture
def later() -> ManualClock:
    """The replica's own clock, to be put forward."""
    return ManualClock()


@pytest.fixture
def asked(app: Flask, reading_app: Flask, later: ManualClock) -> Iterator[list[str]]:
    """The tables that a replica of unknown health was asked for, while beat lives and hana has one payment."""
    follower = replica.Replica(services_of(reading_app).replica.engine, later)
    reading_app.extensions[KEY] = replace(services_of(reading_app), replica=follower)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append("heartbeats" if "heartbeats" in statement else "payment_history")

    event.listen(follower.engine, "before_cursor_execute", note)
    with reading_app.app_context():
        heartbeats.beat("beat")
        rows.payment(rows.session())
        db.session.commit()
        yield seen
        db.session.rollback()
    event.remove(follower.engine, "before_cursor_execute", note)
    clock.use(None)


def payments() -> int:
    """How many hana sees in her history."""
    return len(history.page("hana", EVERYTHING, 10))


def test_a_history_is_read_from_the_follower(asked: list[str], later: ManualClock) -> None:
    assert payments() == payments() == 1
    assert asked == ["heartbeats", "payment_history", "payment_history"]
    later.seconds += LOOK.total_seconds()
    assert payments() == 1
    assert asked[3:] == ["heartbeats", "payment_history"]


def test_no_transaction_is_left_open_there(asked: list[str]) -> None:
    assert payments() == 1
    assert set(db.session.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {MINE}"))) == {"idle"}


def test_one_that_is_too_far_behind_is_passed_over(asked: list[str], later: ManualClock) -> None:
    moment = clock.now()
    clock.use(lambda: moment + BEHIND + timedelta(seconds=1))
    assert payments() == payments() == 1
    assert asked == ["heartbeats"]
    heartbeats.beat("beat")
    db.session.commit()
    later.seconds += REST.total_seconds()
    assert payments() == 1
    assert asked == ["heartbeats", "heartbeats", "payment_history"]


def test_one_that_never_heard_of_beat_is_passed_over(asked: list[str]) -> None:
    db.session.execute(text("DELETE FROM heartbeats"))
    db.session.commit()
    assert payments() == 1
    assert asked == ["heartbeats"]


def test_one_that_dies_is_passed_over_and_asked_again_later(asked: list[str], later: ManualClock) -> None:
    assert payments() == 1
    db.session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {MINE}"))
    db.session.commit()
    asked.clear()
    assert payments() == payments() == 1
    assert asked == ["payment_history"]
    later.seconds += REST.total_seconds()
    assert payments() == 1
    assert asked == ["payment_history", "heartbeats", "payment_history"]


def test_one_that_is_not_there_is_not_looked_for_by_every_request(app: Flask, settings: Settings) -> None:
    lonely = create_app(replace(settings, database_replica_url="postgresql://nobody@127.0.0.1:1/nothing"))
    tries: list[object] = []
    event.listen(services_of(lonely).replica.engine, "do_connect", lambda *told: tries.append(told))
    with lonely.app_context():
        rows.payment(rows.session())
        assert payments() == payments() == 1
        db.session.rollback()
        db.engine.dispose()
    assert len(tries) == 1


def test_without_a_follower_the_database_answers(tables: None) -> None:
    rows.payment(rows.session())
    assert payments() == 1
