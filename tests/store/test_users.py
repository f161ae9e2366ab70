"""Usernames are unique; a refresh token is used once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows


def add_token(life: timedelta = timedelta(days=1)) -> UUID:
    """A refresh token of hana's."""
    login, jti = rows.login("hana"), uuid4()
    users.add_token(UnitOfWork(), jti, login.id, "hana", clock.now() + life)
    db.session.commit()
    return jti


@pytest.mark.usefixtures("tables")
def test_a_username_is_unique(work: UnitOfWork) -> None:
    assert users.ensure(work, "hana", "hash", Role.ADMIN)
    assert not users.ensure(work, "hana", "other hash")
    user = users.by_username("hana")
    assert user is not None
    assert (user.password_hash, user.role) == ("hash", Role.ADMIN)
    assert users.by_username("Hana") is None


@pytest.mark.usefixtures("tables")
def test_a_token_is_used_once(work: UnitOfWork) -> None:
    jti = add_token()
    assert [
        users.use_token(work, jti),
        users.use_token(work, jti),
        users.use_token(work, uuid4()),
    ] == [True, False, False]


@pytest.mark.usefixtures("tables")
def test_an_expired_token_cannot_be_used(work: UnitOfWork) -> None:
    assert not users.use_token(work, add_token(life=timedelta(seconds=-1)))


def test_of_two_concurrent_uses_one_succeeds(app: Flask) -> None:
    with app.app_context():
        jti = add_token()
    both = threading.Barrier(2)

    def use() -> bool:
        with app.app_context():
            both.wait(20)
            won = users.use_token(UnitOfWork(), jti)
            db.session.commit()
        return won

    with ThreadPoolExecutor(2) as threads:
        assert sorted(future.result() for future in [threads.submit(use), threads.submit(use)]) == [False, True]


@pytest.mark.usefixtures("tables")
def test_a_newer_hash_replaces_the_old_one(work: UnitOfWork) -> None:
    users.ensure(work, "hana", "old")
    users.set_password_hash(work, "hana", "new")
    user = users.by_username("hana")
    assert user is not None
    assert user.password_hash == "new"
