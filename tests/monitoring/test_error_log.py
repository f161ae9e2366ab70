"""Errors reach the database from a thread of their own; whoever logs them neither waits nor fails."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.monitoring import error_log
from pitturu.monitoring.error_log import LINES_A_MINUTE, LINES_OF_EVENT_A_MINUTE, MOST_WAITING_LINES, ErrorLog
from pitturu.services import services_of
from pitturu.store import engines, logged_errors
from pitturu.store.logged_errors import EventCount, LoggedError, Window
from tests.manual_clock import ManualClock
from tests.values import settings_for
from tests.waiting import until

Connect = Callable[[], AbstractContextManager[Connection]]
log = logging.getLogger("pitturu.tests.error_log")


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Only the handlers of the test get these errors."""
    log.propagate = False
    yield
    log.propagate, log.handlers = True, []


def handler_with(connect: Connect, now: ManualClock | None = None) -> ErrorLog:
    """A handler for errors of this module, which writes when it is flushed."""
    handler = ErrorLog(connect, "command", "host", now or ManualClock())
    handler._write_soon = lambda: None  # type: ignore[method-assign] # No thread: tests call `flush`.
    log.addHandler(handler)
    return handler


@pytest.fixture
def connect(app: Flask) -> Connect:
    """Connections to the database of the tests."""
    with app.app_context():
        return db.engine.connect


def remove_handlers() -> list[int]:
    """Store no errors any more. Returns how many handlers the loggers had that errors reach."""
    counts = []
    for logger in (logging.getLogger(), logging.getLogger("gunicorn.error")):
        ours = [handler for handler in logger.handlers if isinstance(handler, ErrorLog)]
        for handler in ours:
            logger.removeHandler(handler)
            handler.close()
        counts.append(len(ours))
    return counts


def stored(app: Flask) -> tuple[dict[str, EventCount], list[LoggedError]]:
    """The counts by event, and the lines, newest first."""
    now = clock.now()
    window = Window(now - timedelta(days=1), now + timedelta(days=1), None)
    with app.app_context():
        return {one.event: one for one in logged_errors.events(window)}, list(logged_errors.lines(window, None, 1000))


def test_the_thread_writes_what_was_logged(app: Flask, connect: Connect) -> None:
    handler = ErrorLog(connect, "command", "host")
    log.addHandler(handler)
    log.error("it_broke")
    until(lambda: bool(stored(app)[1]), "the line is stored")
    handler.close()

    (line,) = stored(app)[1]
    assert (line.event, line.process, line.host) == ("it_broke", "command", "host")


def test_a_flood_is_counted_exactly_and_kept_in_part(app: Flask, connect: Connect) -> None:
    now = ManualClock()
    handler = handler_with(connect, now)
    for _ in range(5_000):
        log.error("flood")
    log.error("rare")
    handler.flush()
    now.seconds += 60
    log.error("flood")
    handler.flush()

    counts, lines = stored(app)
    assert (counts["flood"].count, counts["flood"].dropped) == (5_001, 5_000 - LINES_OF_EVENT_A_MINUTE)
    assert (counts["rare"].count, counts["rare"].dropped) == (1, 0)
    assert len(lines) == LINES_OF_EVENT_A_MINUTE + 2


def test_many_events_share_the_lines_of_a_minute(app: Flask, connect: Connect) -> None:
    handler = handler_with(connect)
    for number in range(LINES_A_MINUTE + 20):
        log.error(f"event{number}")
    handler.flush()

    counts, lines = stored(app)
    assert (len(counts), len(lines)) == (LINES_A_MINUTE + 20, LINES_A_MINUTE)
    assert sum(one.dropped for one in counts.values()) == 20


def unavailable() -> AbstractContextManager[Connection]:
    """A database that refuses connections."""
    raise OperationalError("", {}, ConnectionRefusedError())


def test_nothing_is_lost_while_the_database_is_unavailable(app: Flask, connect: Connect) -> None:
    handler = handler_with(unavailable)
    for _ in range(3):
        log.error("it_broke")
        handler.flush()
    handler._connect = connect
    handler.flush()
    handler.flush()

    counts, lines = stored(app)
    assert (counts["it_broke"].count, counts["it_broke"].dropped, len(lines)) == (3, 0, 3)


def test_a_long_outage_fills_no_memory(app: Flask, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_log, "MOST_WAITING_COUNTS", 50)
    now = ManualClock()
    handler = handler_with(unavailable, now)
    for minute in range(10):
        for number in range(LINES_A_MINUTE):
            log.error(f"event{minute}_{number}")
        handler.flush()
        now.seconds += 60
    assert len(handler._tallies) <= 51
    assert len(handler._lines) == MOST_WAITING_LINES
    handler._connect = connect
    handler.flush()

    counts, lines = stored(app)
    assert sum(one.count for one in counts.values()) == 600
    assert sum(one.dropped for one in counts.values()) == 600 - MOST_WAITING_LINES
    assert len(lines) == MOST_WAITING_LINES
    assert error_log.OTHER in counts


def test_lines_that_the_database_refuses_are_dropped_and_counted(app: Flask, connect: Connect) -> None:
    handler = handler_with(connect)
    log.error("it_broke")
    handler._lines[0] = handler._lines[0].__class__(**{**vars(handler._lines[0]), "level": "x" * 99})
    handler.flush()
    handler.flush()

    counts, lines = stored(app)
    assert (counts["it_broke"].count, counts["it_broke"].dropped, lines) == (1, 1, [])


def test_a_value_that_cannot_be_shown_breaks_nothing(app: Flask, connect: Connect) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("never shown")

    handler = handler_with(connect)
    log.error("it_broke", extra={"what": Broken()})
    handler.flush()
    assert stored(app)[0]["it_broke"].dropped == 1


def test_errors_of_the_writing_thread_are_not_collected() -> None:
    """The driver logs errors, too: each failed write would cause the next one."""
    written = threading.Event()

    def failing() -> AbstractContextManager[Connection]:
        log.error("driver_broke")
        written.set()
        return unavailable()

    handler = ErrorLog(failing, "command", "host")
    log.addHandler(handler)
    log.error("it_broke")
    assert written.wait(10)
    until(lambda: bool(handler._tallies), "the counts are put back")
    assert [event for _, event in handler._tallies] == ["it_broke"]
    handler.close()


def test_who_logs_waits_for_no_database(connect: Connect) -> None:
    """Not even while the thread is in the middle of a write that hangs."""
    writing, release = threading.Event(), threading.Event()

    def hanging() -> AbstractContextManager[Connection]:
        writing.set()
        assert release.wait(30)
        return connect()

    handler = ErrorLog(hanging, "command", "host")
    log.addHandler(handler)
    log.error("first")
    assert writing.wait(10)
    for _ in range(1_000):
        log.error("it_broke")
    assert not release.is_set()
    release.set()
    handler.close()
    handler.flush()


def test_installing_again_replaces_the_handler(app: Flask) -> None:
    for _ in range(2):
        error_log.install(services_of(app).settings)
    assert remove_handlers() == [1, 1]


def test_an_engine_for_it_keeps_no_connection(postgres_url: str) -> None:
    engine = engines.unpooled_engine(settings_for(database_url=postgres_url).sqlalchemy_url, settings_for())
    with engine.connect() as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    query = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {number}"
    with create_engine(settings_for(database_url=postgres_url).sqlalchemy_url).connect() as connection:
        until(lambda: connection.exec_driver_sql(query).scalar() == 0, "the connection is closed")
