"""Several changed sessions are updated by one statement, and each only if it is unchanged since it was read."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows


@pytest.fixture
def three(app: Flask) -> Iterator[list[PaymentSession]]:
    """Committed sessions."""
    with app.app_context():
        found = [rows.session(f"buyer{number}") for number in range(3)]
        db.session.commit()
        yield found


def table() -> dict[str, dict[str, object]]:
    """All sessions as they are in the database, by owner."""
    found = db.session.execute(db.select(PaymentSession.__table__)).mappings()
    return {row["user_username"]: dict(row) for row in found}


def test_several_sessions_are_updated_at_once_and_keep_their_other_columns(
    three: list[PaymentSession], statements: list[str]
) -> None:
    before = table()
    for number, session in enumerate(three):
        session.plan(JobName.VERIFY, clock.now())
        session.last_error = f'"{number}" \\ 틀림'
    statements.clear()
    db.session.commit()
    assert [statement.split()[0] for statement in statements] == ["UPDATE"]
    changed = {"next_job", "due_at", "last_error", "version", "updated_at"}
    for number, (name, row) in enumerate(sorted(table().items())):
        assert {key for key in row if row[key] != before[name][key]} == changed
        assert row["last_error"] == f'"{number}" \\ 틀림'
        assert row["version"] == 2
    db.session.commit()
    assert len(statements) == 2, "the table was read, and nothing was written again"


def test_updated_sessions_can_be_updated_again(three: list[PaymentSession]) -> None:
    for round_ in range(3):
        for session in three[: 3 - round_]:
            session.fail_reason = f"round {round_}"
        db.session.commit()
    assert [(session.version, session.fail_reason) for session in three] == [
        (4, "round 2"),
        (3, "round 1"),
        (2, "round 0"),
    ]
    assert [row["version"] for _, row in sorted(table().items())] == [4, 3, 2]


def test_a_single_session_is_updated_by_sqlalchemy(three: list[PaymentSession], statements: list[str]) -> None:
    three[1].fail_reason = "alone"
    statements.clear()
    db.session.commit()
    assert "unnest" not in statements[0]
    assert three[1].version == 2


def test_a_session_that_was_changed_meanwhile_is_not_overwritten(app: Flask, three: list[PaymentSession]) -> None:
    with app.app_context():
        UnitOfWork().lock_session(three[1].id).buyer_name = "another"
        db.session.commit()
    for session in three:
        session.buyer_name = "late"
    with pytest.raises(StaleDataError):
        db.session.commit()
    db.session.rollback()
    assert {row["buyer_name"] for row in table().values()} == {"김하나", "another"}


def test_a_violated_constraint_rolls_back_all_sessions(three: list[PaymentSession]) -> None:
    three[0].fail_reason, three[1].status = "fine", "no such status"
    with pytest.raises(IntegrityError, match="status"):
        db.session.commit()
    db.session.rollback()
    assert {row["fail_reason"] for row in table().values()} == {None}
