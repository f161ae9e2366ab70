"""Roles are given by others, and one admin always remains."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from pitturu.accounts import people
from pitturu.domain.errors import Conflict, NotAllowed, NotFound, Unprocessable
from pitturu.domain.roles import Role
from pitturu.extensions import db
from pitturu.store import users
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.users import User


def person(work: UnitOfWork, name: str, role: Role = Role.BUYER, password_hash: str | None = "hash") -> User:
    users.ensure(work, name, password_hash, role)
    user = users.by_username(name)
    assert user is not None
    return user


def test_a_role_is_given(work: UnitOfWork) -> None:
    person(work, "boss", Role.ADMIN)
    change = people.give_role(work, person(work, "minji").id, Role.SUPPORT, "boss")

    assert (change.user.role, change.summary) == (Role.SUPPORT, "role: buyer to support")


def test_nobody_changes_a_role_of_ones_own(work: UnitOfWork) -> None:
    boss = person(work, "boss", Role.ADMIN)
    for role in Role:
        with pytest.raises(NotAllowed, match="Ask another admin"):
            people.give_role(work, boss.id, role, "boss")


def test_the_last_admin_who_can_log_in_stays(work: UnitOfWork) -> None:
    """An erased admin, or one of another system, is none who could make the next one."""
    boss = person(work, "boss", Role.ADMIN)
    person(work, "erased", Role.ADMIN, password_hash=None)
    with pytest.raises(Conflict, match="last admin"):
        people.give_role(work, boss.id, Role.FINANCE, "ext:chief")

    person(work, "deputy", Role.ADMIN)
    assert people.give_role(work, boss.id, Role.FINANCE, "ext:chief").user.role == Role.FINANCE


def test_the_terminal_stops_even_the_last_admin(work: UnitOfWork) -> None:
    boss = person(work, "boss", Role.ADMIN)
    assert people.give_role(work, boss.id, Role.BUYER, by=None).user.role == Role.BUYER


@pytest.mark.parametrize("name", ["system", "Operator", " terminal "])
def test_reserved_names_have_no_role(work: UnitOfWork, name: str) -> None:
    with pytest.raises(Unprocessable, match="reserved"):
        people.give_role(work, person(work, name).id, Role.ADMIN, "boss")


def test_an_unknown_user(work: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        people.give_role(work, uuid4(), Role.ADMIN, "boss")
    with pytest.raises(NotFound):
        people.end_logins(work, uuid4())


def test_who_never_logs_in_here_gets_a_limit_and_no_role(work: UnitOfWork) -> None:
    outside = person(work, "ext:kim", password_hash=None)
    change = people.give_role(work, outside.id, Role.SUPPORT, "boss")

    assert (outside.role, outside.role_limit) == (Role.BUYER, Role.SUPPORT)
    assert change.summary == "limit of the outside issuer's tokens: none to support"


def test_two_admins_who_demote_each_other_leave_one(app: Flask) -> None:
    """The second one waits for the first, and sees then that nobody else is left."""

    def demote(key: UUID, by: str) -> str:
        with app.app_context():
            try:
                with unit_of_work() as work:
                    people.give_role(work, key, Role.BUYER, by)
            except Conflict as refusal:
                return refusal.code
        return "demoted"

    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with app.app_context(), ThreadPoolExecutor(1) as threads, db.engine.connect() as observer:
        with unit_of_work() as work:
            first, second = (person(work, name, Role.ADMIN).id for name in ("first", "second"))
        with unit_of_work() as work:
            people.give_role(work, second, Role.BUYER, "first")
            work.session.flush()
            other = threads.submit(demote, first, "second")
            while not other.done() and not observer.scalar(blocked):
                observer.rollback()
        assert other.result(30) == "last_admin"
        assert [user.username for user in db.session.query(User).filter_by(role=Role.ADMIN)] == ["first"]
        db.session.rollback()
