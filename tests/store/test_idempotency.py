"""Responses to a key: one request at a time, the same response for a day, then deleted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import idempotency, users
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.idempotency import KEPT_FOR, IdempotencyKey
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from tests.values import NEW_DATA_KEY as NEW
from tests.values import OLD_DATA_KEY as OLD

BODY = '{"buyer_name": "김하나", "buyer_email": "hana@example.org"}'.encode()


def keep(key: str = "k", **changes: object) -> None:
    """A stored response of hana's."""
    with unit_of_work() as work:
        users.ensure(work, "hana")
        idempotency.keep(work, "hana", key, b"print", 202, "/here", BODY)
    if changes:
        db.session.execute(update(IdempotencyKey).where(IdempotencyKey.key == key).values(**changes))
        db.session.commit()


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
    assert (known.fingerprint, known.status_code, known.location, known.body) == (b"print", 202, "/here", BODY)
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


@pytest.mark.usefixtures("tables")
def test_the_database_holds_no_response_in_plain_text() -> None:
    keep()
    (stored,) = db.session.execute(text("SELECT body_encrypted FROM idempotency_keys")).one()
    assert stored
    for secret in (BODY, "김하나".encode(), b"hana@example"):
        assert secret not in stored


def test_a_response_whose_key_is_gone_says_which_setting_to_restore(app_with: Callable[..., Flask]) -> None:
    before, after = (app_with(pitturu_env="production", data_keys=(key,)) for key in (OLD, NEW))
    with before.app_context():
        keep()
    with after.app_context(), unit_of_work() as work:
        known = idempotency.answered(work, "hana", "k")
        assert known is not None
        with pytest.raises(UnknownDataKey, match=r"DATA_KEYS .*nothing is lost"):
            _ = known.body
    with before.app_context(), unit_of_work() as work:
        known = idempotency.answered(work, "hana", "k")
        assert known is not None
        assert known.body == BODY
