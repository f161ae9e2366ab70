"""Statements without a transaction, over a database that hangs up."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import autocommit

ME = text("SELECT pg_backend_pid()")


def hang_up(app: Flask) -> int:
    """Postgres ends the only connection that lies in the pool; its number there."""
    services_of(app).autocommit.dispose()
    row = autocommit.first(ME, {})
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
        old = hang_up(app)
        row = autocommit.first(ME, {})
    assert row is not None
    assert row[0] != old


def test_what_may_be_repeated_survives_it_and_what_may_not_is_said(app: Flask) -> None:
    with app.app_context():
        hang_up(app)
        autocommit.repeat(ME, {})
        hang_up(app)
        with pytest.raises(OperationalError):
            autocommit.once(ME, {})
        autocommit.once(ME, {})


def test_an_error_of_the_statement_is_not_repeated(app: Flask) -> None:
    with app.app_context(), pytest.raises(DataError, match="DivisionByZero"):
        autocommit.first(text("SELECT 1 / 0"), {})
