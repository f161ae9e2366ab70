"""Responses to a key: one request at a time, the same response for a day, then deleted."""

from datetime import timedelta

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import idempotency, users
from pitturu.store.idempotency import KEPT_FOR, IdempotencyKey
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work


def keep(key: str = "k", **changes: object) -> None:
    """A stored response of hana's."""
    answer = {"fingerprint": b"print", "status_code": 202, "location": "/here", "body": b"{}"}
    with unit_of_work() as work:
        users.ensure(work, "hana")
        work.insert(IdempotencyKey, user_username="hana", key=key, **answer | changes)


def test_a_key_is_locked_by_one_request_at_a_time(app: Flask) -> None:
    """The lock belongs to the transaction: other requests do not wait, and it is released at the end."""
    with app.app_context():
        assert idempotency.lock(UnitOfWork(), "hana", "k")
        with app.app_context():
            assert not idempotency.lock(UnitOfWork(), "hana", "k")
            assert idempotency.lock(UnitOfWork(), "hana", "another")
            assert idempotency.lock(UnitOfWork(), "minji", "k")
            db.session.rollback()
        db.session.commit()
        with app.app_context():
            assert idempotency.lock(UnitOfWork(), "hana", "k")
            db.session.rollback()


@pytest.mark.usefixtures("tables")
def test_the_stored_response_is_found(work: UnitOfWork) -> None:
    keep()
    known = idempotency.answered(work, "hana", "k")
    assert known is not None
    assert (known.fingerprint, known.status_code, known.location, known.body) == (b"print", 202, "/here", b"{}")
    assert idempotency.answered(work, "hana", "other") is None
    assert idempotency.answered(work, "minji", "k") is None


@pytest.mark.usefixtures("tables")
def test_after_a_day_the_key_can_be_reused(work: UnitOfWork) -> None:
    keep(created_at=clock.now() - KEPT_FOR)
    assert idempotency.answered(work, "hana", "k") is None
    keep()
    assert idempotency.answered(work, "hana", "k") is not None


@pytest.mark.usefixtures("tables")
def test_only_old_responses_are_deleted() -> None:
    keep("old", created_at=clock.now() - KEPT_FOR)
    keep("young", created_at=clock.now() - KEPT_FOR + timedelta(minutes=1))
    idempotency.delete_expired()
    assert [row.key for row in db.session.query(IdempotencyKey)] == ["young"]
