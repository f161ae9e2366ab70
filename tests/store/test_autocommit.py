"""Statements in autocommit mode, also after the connection died."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import autocommit

BACKEND_PID = text("SELECT pg_backend_pid()")


def kill_connection(app: Flask) -> int:
    """Terminate the backend of the only pooled connection. Returns its pid."""
    services_of(app).autocommit.dispose()
    row = autocommit.first(BACKEND_PID, {})
    assert row is not None
    with db.engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": row[0]})
    return int(row[0])


def test_no_transaction_is_begun(app: Flask) -> None:
    with app.app_context():
        row = autocommit.first(
            text("SELECT state, xact_start = query_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"), {}
        )
        assert row is not None
        assert tuple(row) == ("active", True)
        pool = services_of(app).autocommit.pool
        assert pool.checkedout() == 0


def test_reading_survives_a_connection_that_died(app: Flask) -> None:
    with app.app_context():
        old = kill_connection(app)
        row = autocommit.first(BACKEND_PID, {})
    assert row is not None
    assert row[0] != old


def test_repeatable_statements_are_retried_and_others_fail(app: Flask) -> None:
    with app.app_context():
        kill_connection(app)
        autocommit.repeat(BACKEND_PID, {})
        kill_connection(app)
        with pytest.raises(OperationalError):
            autocommit.once(str(BACKEND_PID), {})
        autocommit.once(str(BACKEND_PID), {})


def test_an_error_of_the_statement_is_not_repeated(app: Flask) -> None:
    with app.app_context(), pytest.raises(DataError, match="DivisionByZero"):
        autocommit.first(text("SELECT 1 / 0"), {})
