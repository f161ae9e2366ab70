"""A login is a row; ending it deletes its refresh tokens, also one that is being issued at that moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import logins, users
from pitturu.store.logins import Client, Login
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.users import RefreshToken
from tests.store import rows

ELSEWHERE = Client("203.0.113.9", "another browser")
PAST = timedelta(seconds=-1)


def token(login: Login) -> None:
    users.add_token(UnitOfWork(), uuid4(), login.id, login.username, login.expires_at)
    db.session.flush()


def tokens() -> int:
    return db.session.query(RefreshToken).count()


@pytest.mark.usefixtures("tables")
def test_a_use_is_recorded(work: UnitOfWork) -> None:
    login, until = rows.login(), clock.now() + timedelta(days=9)

    used = logins.use(work, login.id, ELSEWHERE, until)

    assert used is not None
    assert (used.address, used.user_agent, used.expires_at) == (*ELSEWHERE, until)
    assert used.last_used_at > used.created_at


@pytest.mark.usefixtures("tables")
def test_an_ended_or_expired_login_is_not_used(work: UnitOfWork) -> None:
    ended = rows.login()
    assert logins.end(work, ended.id)

    for login_id in (ended.id, rows.login(life=PAST).id, uuid4()):
        assert logins.use(work, login_id, ELSEWHERE, clock.now()) is None


@pytest.mark.usefixtures("tables")
def test_an_end_takes_the_tokens_along_and_nobody_elses(work: UnitOfWork) -> None:
    login, other = rows.login(), rows.login("minji")
    token(login)
    token(other)

    assert not logins.end(work, login.id, "minji")
    assert logins.end(work, login.id, "hana")

    assert not logins.end(work, login.id)
    assert tokens() == 1
    assert [login.id for login in logins.of_user("minji")] == [other.id]


@pytest.mark.usefixtures("tables")
def test_all_others_end(work: UnitOfWork) -> None:
    login, other = rows.login(), rows.login("minji")
    for _ in range(2):
        token(rows.login())

    assert logins.end_all(work, "hana", but=login.id) == 2

    assert set(db.session.scalars(select(Login.id))) == {login.id, other.id}
    assert tokens() == 0
    assert logins.end_all(work, "hana") == 1


@pytest.mark.usefixtures("tables")
def test_logins_are_listed_and_expired_ones_deleted() -> None:
    first, last = rows.login(last_used_at=clock.now() - timedelta(hours=1)), rows.login()
    token(rows.login(life=PAST))

    assert [login.id for login in logins.of_user("hana")] == [last.id, first.id]
    logins.delete_expired()

    assert db.session.query(Login).count() == 2
    assert tokens() == 0


@pytest.mark.usefixtures("tables")
def test_a_list_is_bounded() -> None:
    for _ in range(logins.MOST_LISTED + 1):
        rows.login()

    assert len(logins.of_user("hana")) == logins.MOST_LISTED


def test_a_refresh_at_the_same_moment_does_not_survive_the_end(app: Flask) -> None:
    """The refresh holds the login; who ends it waits, and deletes the new token as well."""
    with app.app_context():
        login_id, until = rows.login().id, clock.now() + timedelta(days=1)
        db.session.commit()
    begun, held = threading.Event(), threading.Event()

    def refresh() -> None:
        with app.app_context(), unit_of_work() as work:
            assert logins.use(work, login_id, ELSEWHERE, until)
            held.set()
            assert begun.wait(20)
            users.add_token(work, uuid4(), login_id, "hana", until)

    def end() -> bool:
        with app.app_context(), unit_of_work() as work:
            assert held.wait(20)
            begun.set()
            return logins.end(work, login_id)

    with ThreadPoolExecutor(2) as threads:
        refreshed, ended = threads.submit(refresh), threads.submit(end)
        refreshed.result(30)
        assert ended.result(30)
    with app.app_context():
        assert tokens() == 0
