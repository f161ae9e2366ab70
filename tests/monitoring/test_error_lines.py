"""What is stored of a log record: bounded, and nothing of what a buyer or a stranger sent."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy.exc import IntegrityError

from pitturu import logs
from pitturu.monitoring.error_lines import LONGEST_TRACEBACK, event_of, line_of
from pitturu.store.logged_errors import Line

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
BUYER = "김하나 hana@example.org 010-1234-5678"


def record(message: str, *values: Any, name: str = "pitturu.somewhere", **extra: Any) -> logging.LogRecord:
    """A record as a logger makes it, with the exception that is being handled."""
    error = sys.exc_info()
    return logging.getLogger(name).makeRecord(
        name, logging.ERROR, __file__, 1, message, values, error if error[0] else None, extra=extra
    )


def line(found: logging.LogRecord) -> Line:
    """The line of a record."""
    return line_of(found, event_of(found), NOON, "web", "host")


def test_a_line_of_ours() -> None:
    with logs.bind("req1"):
        found = line(record("apply_broke", job="payments.verify", rows=["a", "b"], next="nothing", count=3, about=None))

    assert (found.event, found.level, found.logger) == ("apply_broke", "ERROR", "pitturu.somewhere")
    assert (found.created_at, found.process, found.host, found.request_id) == (NOON, "web", "host", "req1")
    told = {"job": "payments.verify", "rows": ["a", "b"], "next": "nothing", "count": 3, "about": None}
    assert json.loads(found.detail) == told
    assert found.traceback is None


def test_a_library_s_line_has_its_logger_s_name_and_no_values() -> None:
    found = line(record("Error handling request %s", f"/x?name={BUYER}", name="gunicorn.error", data=BUYER))
    assert found.event == "gunicorn.error"
    assert json.loads(found.detail) == {"message": "Error handling request %s"}
    # Without values, whoever wrote the text may have inserted them.
    assert json.loads(line(record(f"no {BUYER}", name="asyncio")).detail) == {}


def test_a_message_of_ours_that_is_no_name_is_not_an_event() -> None:
    found = line(record(f"cannot reach {BUYER}"))
    assert found.event == "pitturu.somewhere"
    assert BUYER not in repr(found)


def test_a_traceback_says_where_and_not_what() -> None:
    def refuse(name: str) -> None:
        try:
            int(name)
        except ValueError as error:
            raise LookupError(f"nobody is {name}") from error

    try:
        refuse(BUYER)
    except LookupError:
        found = line(record("it_broke"))
    assert found.traceback is not None
    assert "in refuse" in found.traceback
    assert found.traceback.index("ValueError") < found.traceback.rindex("LookupError")
    assert "hana" not in repr(found)
    assert "김하나" not in repr(found)


def test_of_a_database_error_the_state_is_kept_and_no_value() -> None:
    cause = psycopg.errors.UniqueViolation(f"Key (name)=({BUYER}) already exists.")
    try:
        raise IntegrityError("INSERT", {"name": BUYER}, cause)
    except IntegrityError:
        found = line(record("it_broke"))
    assert found.traceback is not None
    assert found.traceback.endswith("UniqueViolation: sqlstate 23505")
    assert "hana" not in repr(found)


def test_everything_is_bounded_and_can_be_stored() -> None:
    def deeper(depth: int) -> None:
        if depth == 0:
            raise ValueError
        deeper_still(depth)

    def deeper_still(depth: int) -> None:
        deeper(depth - 1)

    try:
        deeper(300)
    except ValueError:
        hostile = {f"field{number}": "\x00\ud800" * 10_000 for number in range(100)}
        found = line(record("e" * 9999, name="pitturu." + "n" * 999, request_id="r" * 999, big=10**5000, **hostile))
    assert len(found.event) == 100
    assert len(found.logger) == 100
    assert found.request_id == "r" * 64
    assert len(found.detail) < 25_000
    assert len(json.loads(found.detail)) == 12
    assert "\\u0000" not in found.detail
    assert found.traceback is not None
    assert len(found.traceback) <= LONGEST_TRACEBACK
    assert found.traceback.endswith("ValueError")
