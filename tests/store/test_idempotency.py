"""Answers under a key: one request at a time, the same answer for a day, then forgotten."""

from datetime import timedelta

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import idempotency, users
from pitturu.store.idempotency import KEPT_FOR, IdempotencyKey
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work


def keep(key: str = "k", **changes: object) -> None:
    """An answer given to hana."""
    answer = {"fingerprint": b"print", "status_code": 202, "location": "/here", "body": b"{}"}
    with unit_of_work() as work:
        users.ensure(work, "hana")
        work.insert(IdempotencyKey, user_username="hana", key=key, **answer | changes)


def test_the_same_key_is_worked_on_once_at_a_time(app: Flask) -> None:
    """The lock belongs to the transaction: others are told at once, and it is free when the work is over."""
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
def test_the_answer_is_found_again(work: UnitOfWork) -> None:
    keep()
    known = idempotency.answered(work, "hana", "k")
    assert known is not None
    assert (known.fingerprint, known.status_code, known.location, known.body) == (b"print", 202, "/here", b"{}")
    assert idempotency.answered(work, "hana", "other") is None
    assert idempotency.answered(work, "minji", "k") is None


@pytest.mark.usefixtures("tables")
def test_after_a_day_the_key_is_new_again(work: UnitOfWork) -> None:
    keep(created_at=clock.now() - KEPT_FOR)
    assert idempotency.answered(work, "hana", "k") is None
    keep()
    assert idempotency.answered(work, "hana", "k") is not None


@pytest.mark.usefixtures("tables")
def test_cleaning_forgets_only_what_is_old() -> None:
    keep("old", created_at=clock.now() - KEPT_FOR)
    keep("young", created_at=clock.now() - KEPT_FOR + timedelta(minutes=1))
    idempotency.forget_old()
    assert [row.key for row in db.session.query(IdempotencyKey)] == ["young"]
