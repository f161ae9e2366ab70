"""Hints leave after the commit, once each, and never for what was rolled back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.services import KEY, services_of
from pitturu.store import users
from pitturu.store.unit_of_work import changed, unit_of_work, wake
from pitturu.store.users import User


@dataclass
class Listener:
    """An announcer that remembers what it was told, and how much of it was committed by then."""

    app: Flask
    told: list[str] = field(default_factory=list)
    committed: list[bool] = field(default_factory=list)

    def wake(self, job: JobName) -> None:
        self._note(f"wake {job}")

    def changed(self, session_id: str) -> None:
        self._note(f"changed {session_id}")

    def _note(self, words: str) -> None:
        self.told.append(words)
        with self.app.app_context():
            self.committed.append(users.by_username("hana") is not None)


@pytest.fixture
def listener(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """In the place of Redis, and inside an app context."""
    listening = Listener(app)
    monkeypatch.setitem(app.extensions, KEY, replace(services_of(app), publisher=listening))
    with app.app_context():
        yield listening


def test_hints_leave_after_the_commit_without_repetition(listener: Listener) -> None:
    with unit_of_work():
        wake(JobName.VERIFY)
        wake(JobName.CANCEL)
        wake(JobName.VERIFY)
        changed("ses1")
        changed("ses1")
        users.ensure("hana")
        assert listener.told == []
    assert listener.told == ["wake payments.verify", "wake payments.cancel", "changed ses1"]
    assert listener.committed == [True] * 3


def break_after(*steps: Callable[[], object]) -> None:
    """A unit of work that does these steps and then breaks."""
    with unit_of_work():
        for step in steps:
            step()
        raise KeyError


def test_what_is_rolled_back_is_not_announced(listener: Listener) -> None:
    with pytest.raises(KeyError):
        break_after(partial(users.ensure, "hana"), partial(wake, JobName.VERIFY), partial(changed, "ses1"))
    with unit_of_work():
        assert users.by_username("hana") is None
    assert listener.told == []


def add_twice() -> None:
    """A unit of work that only the commit finds out to be wrong."""
    with unit_of_work():
        db.session.add_all([User(username="hana"), User(username="hana")])
        changed("ses1")


def test_a_commit_that_fails_announces_nothing(listener: Listener) -> None:
    with pytest.raises(IntegrityError):
        add_twice()
    assert (listener.told, db.session().in_transaction()) == ([], False)


def test_hints_do_not_leak_into_the_next_unit(listener: Listener) -> None:
    with unit_of_work():
        wake(JobName.VERIFY)
    with unit_of_work():
        changed("ses2")
    assert listener.told == ["wake payments.verify", "changed ses2"]
