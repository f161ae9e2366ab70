"""A code of a second factor is accepted once, whoever sends it at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import second_factors, users
from pitturu.store.second_factors import SecondFactor
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

SECRET = "JBSWY3DPEHPK3PXP"


def switched_on(work: UnitOfWork, step: int = 100) -> SecondFactor:
    """The active second factor of hana."""
    users.ensure(work, "hana")
    assert second_factors.begin(work, "hana", SECRET)
    factor = second_factors.enrolment(work, "hana")
    assert factor is not None
    assert second_factors.activate(work, factor, step)
    second_factors.add_recovery_codes(work, "hana", ["one", "two"])
    return factor


def at_once(app: Flask, act: Callable[[UnitOfWork], bool]) -> list[bool]:
    """What two requests at once get."""
    both = threading.Barrier(2)

    def run() -> bool:
        with app.app_context(), unit_of_work() as work:
            both.wait(20)
            return act(work)

    with ThreadPoolExecutor(2) as threads:
        return sorted(future.result(30) for future in [threads.submit(run), threads.submit(run)])


@pytest.mark.usefixtures("tables")
def test_the_secret_is_encrypted(work: UnitOfWork) -> None:
    factor = switched_on(work)

    assert SECRET.encode() not in factor.secret_encrypted
    assert factor.secret == SECRET


@pytest.mark.usefixtures("tables")
def test_an_active_one_is_not_replaced(work: UnitOfWork) -> None:
    switched_on(work)

    assert not second_factors.begin(work, "hana", "ANOTHER")
    found = second_factors.active(work, "hana")
    assert found is not None
    assert found.secret == SECRET


@pytest.mark.usefixtures("tables")
def test_a_later_enrolment_replaces_one_that_was_not_confirmed(work: UnitOfWork) -> None:
    users.ensure(work, "hana")
    second_factors.begin(work, "hana", "FIRST")
    first = second_factors.enrolment(work, "hana")
    assert first is not None
    stale = SecondFactor(username="hana", secret_encrypted=first.secret_encrypted)
    second_factors.begin(work, "hana", "SECOND")

    assert not second_factors.activate(work, stale, 1), "the code of a secret that is not stored any more"
    assert second_factors.active(work, "hana") is None


@pytest.mark.usefixtures("tables")
def test_an_enrolment_expires(work: UnitOfWork) -> None:
    users.ensure(work, "hana")
    second_factors.begin(work, "hana", SECRET)
    begun = second_factors.enrolment(work, "hana")
    assert begun is not None
    begun.created_at = clock.now() - second_factors.ENROLMENT_LIVES

    db.session.flush()
    assert second_factors.enrolment(work, "hana") is None


@pytest.mark.usefixtures("tables")
def test_steps_go_forward_only(work: UnitOfWork) -> None:
    switched_on(work, step=100)

    tried = [second_factors.use_step(work, "hana", step) for step in (100, 99, 101, 101, 100, 102)]

    assert tried == [False, False, True, False, False, True]
    assert not second_factors.use_step(work, "minji", 500)


def test_of_two_with_one_code_one_passes(app: Flask) -> None:
    with app.app_context(), unit_of_work() as work:
        switched_on(work, step=100)

    assert at_once(app, lambda work: second_factors.use_step(work, "hana", 101)) == [False, True]
    assert at_once(app, lambda work: second_factors.use_recovery_code(work, "hana", "one")) == [False, True]
    with app.app_context():
        assert second_factors.recovery_codes_left(UnitOfWork(), "hana") == 1


@pytest.mark.usefixtures("tables")
def test_recovery_codes_belong_to_their_user_and_go_with_the_factor(work: UnitOfWork) -> None:
    switched_on(work)
    users.ensure(work, "minji")

    assert not second_factors.use_recovery_code(work, "minji", "one")
    assert second_factors.remove(work, "hana")
    assert not second_factors.remove(work, "hana")
    assert second_factors.recovery_codes_left(work, "hana") == 0


@pytest.mark.usefixtures("tables")
def test_a_pending_one_accepts_no_code(work: UnitOfWork) -> None:
    users.ensure(work, "hana")
    second_factors.begin(work, "hana", SECRET)

    assert not second_factors.use_step(work, "hana", 100)
    assert second_factors.active(work, "hana") is None
