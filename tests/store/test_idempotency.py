"""Answers under a key: one request at a time, the same answer for a day, then forgotten."""

from datetime import timedelta

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import idempotency, users
from pitturu.store.idempotency import KEPT_FOR, IdempotencyKey


def keep(key: str = "k", **changes: object) -> None:
    """An answer given to hana."""
    users.ensure("hana")
    idempotency.keep("hana", key, b"print", 202, "/here", b"{}")
    db.session.flush()
    for name, value in changes.items():
        setattr(db.session.get(IdempotencyKey, ("hana", key)), name, value)
    db.session.commit()


def test_the_same_key_is_worked_on_once_at_a_time(app: Flask) -> None:
    """The lock belongs to the transaction: others are told at once, and it is free when the work is over."""
    with app.app_context():
        assert idempotency.lock("hana", "k")
        with app.app_context():
            assert not idempotency.lock("hana", "k")
            assert idempotency.lock("hana", "another")
            assert idempotency.lock("minji", "k")
            db.session.rollback()
        db.session.commit()
        with app.app_context():
            assert idempotency.lock("hana", "k")
            db.session.rollback()


@pytest.mark.usefixtures("tables")
def test_the_answer_is_found_again() -> None:
    keep()
    known = idempotency.answered("hana", "k")
    assert known is not None
    assert (known.fingerprint, known.status_code, known.location, known.body) == (b"print", 202, "/here", b"{}")
    assert idempotency.answered("hana", "other") is None
    assert idempotency.answered("minji", "k") is None


@pytest.mark.usefixtures("tables")
def test_after_a_day_the_key_is_new_again() -> None:
    keep(created_at=clock.now() - KEPT_FOR)
    assert idempotency.answered("hana", "k") is None
    keep()
    assert idempotency.answered("hana", "k") is not None


@pytest.mark.usefixtures("tables")
def test_cleaning_forgets_only_what_is_old() -> None:
    keep("old", created_at=clock.now() - KEPT_FOR)
    keep("young", created_at=clock.now() - KEPT_FOR + timedelta(minutes=1))
    idempotency.forget_old()
    assert [row.key for row in db.session.query(IdempotencyKey)] == ["young"]
