"""Database errors name the constraint and show no personal data."""

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError, StatementError

from pitturu import logs
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.errors import plain
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows
from tests.values import settings_for

pytestmark = pytest.mark.usefixtures("tables")

PERSONAL = ("김하나", "hana@example.org", "010-1234-5678")


def refused(work: Callable[[], Any]) -> SQLAlchemyError:
    """The error that the database raises."""
    with pytest.raises(SQLAlchemyError) as refusal:
        work()
    return refusal.value


def overdrawn() -> None:
    """Violate a constraint of a row with personal data."""
    rows.session().stock_held = -1
    db.session.flush()


def test_a_violated_constraint_is_named_and_its_row_is_not_shown() -> None:
    error = refused(overdrawn)

    assert plain(error) == (
        'CheckViolation: sqlstate 23514, table "payment_sessions", constraint "ck_payment_sessions_stock_held"'
    )
    shown = f"{error} {error!r} {error.__cause__!r} {''.join(traceback.format_exception(error))}"
    assert "ck_payment_sessions_stock_held" in shown
    assert [word for word in PERSONAL if word in shown] == []


def test_no_log_line_shows_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(settings_for())
    error = refused(overdrawn)
    logging.getLogger("somebody.else").error("task raised %r", error, exc_info=error, extra={"data": str(error)})

    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert "Traceback" in line["traceback"]
    assert "CheckViolation" in line["traceback"]
    assert [word for word in PERSONAL if word in json.dumps(line, ensure_ascii=False)] == []


@pytest.mark.parametrize(
    ("statement", "values", "message"),
    [
        ("SELECT CAST(:it AS integer)", {"it": "김하나"}, "InvalidTextRepresentation: sqlstate 22P02"),
        ("SELECT * FROM nowhere", {}, 'UndefinedTable: relation "nowhere" does not exist (sqlstate 42P01)'),
        ("SELECT CAST(:it AS text)", {"it": "a\0b"}, "DataError: PostgreSQL text fields cannot contain NUL"),
    ],
)
def test_other_database_errors(statement: str, values: dict[str, str], message: str) -> None:
    error = refused(lambda: db.session.execute(text(statement), values))

    assert plain(error).startswith(message)
    assert "김하나" not in f"{plain(error)} {error} {error.__cause__}"


def test_a_duplicate_row(work: UnitOfWork) -> None:
    users.ensure(work, "hana")
    error = refused(lambda: rows.add(users.User(username="hana")))

    assert plain(error) == 'UniqueViolation: sqlstate 23505, table "users", constraint "uq_users_username"'
    assert "(hana)" not in str(error)


def test_a_value_that_could_not_be_sent_is_not_quoted() -> None:
    assert plain(StatementError("quotes 김하나", "SELECT", {}, ValueError("quotes 김하나"))) == "ValueError"


def test_other_errors_keep_their_message() -> None:
    assert plain(KeyError("surprise")) == "KeyError: 'surprise'"
