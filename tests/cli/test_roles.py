"""Roles from a terminal, and what else a terminal leaves in the operator log."""

import getpass
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from pitturu.domain import clock
from pitturu.store import users
from pitturu.store.cancellations import Cancellation
from pitturu.store.unit_of_work import unit_of_work
from tests.operators import actions, logged
from tests.shop import Shop

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`flask pitturu WORDS`; what it says on both channels is in `output`."""
    return lambda *words: app.test_cli_runner().invoke(args=["pitturu", *words])


def test_a_role_is_given_by_name(shop: Shop, run: Run) -> None:
    shop.login("minji")

    assert run("role", "minji", "support").output == (
        "minji has the role support. New rights begin with the next login.\n"
    )
    shop._logins.clear()
    assert shop.get("/me", "minji")["role"] == "support"
    (line,) = logged(shop.app)
    assert (line.who, line.role, line.entry_point) == (f"cli:{getpass.getuser()}", None, "terminal")
    assert (line.action, line.whom, line.detail) == ("change_role", "minji", "role: buyer to support")
    assert line.request_id.startswith("cli-")


def test_the_former_command_makes_admins(shop: Shop, run: Run) -> None:
    shop.login("minji")
    run("operator", "minji")
    run("operator", "minji", "--buyer")

    assert [line.detail for line in logged(shop.app)] == ["role: buyer to admin", "role: admin to buyer"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("minji", "king"), "'king' is not one of 'buyer', 'viewer', 'support', 'finance', 'admin'"),
        (("nobody", "admin"), "There is no user nobody."),
        (("operator", "admin"), "This name is reserved"),
    ],
)
def test_refused_roles(shop: Shop, run: Run, words: tuple[str, ...], complaint: str) -> None:
    for name in ("minji", "operator"):
        shop.login(name)

    done = run("role", *words)

    assert done.exit_code != 0
    assert complaint in done.output
    assert actions(shop.app) == []


def test_who_never_logs_in_here_has_a_limit(shop: Shop, run: Run) -> None:
    with shop.app.app_context(), unit_of_work() as work:
        users.ensure(work, "ext:minji")

    assert "tokens of the outside issuer give the role viewer at most" in run("role", "ext:minji", "viewer").output


def test_commands_that_change_something_are_logged(shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "kim\nboss")
    shop.cancel(shop.paid())
    shop.set(Cancellation, due_at=None, dead_at=clock.now())

    def everything() -> Any:
        yield run("replay", "--all")
        yield run("replay", "nothing")
        yield run("compare", "--no-heal")
        yield run("reencrypt")
        yield run("seed")
        yield run("erase", "hana")

    assert all("Error" not in done.output for done in everything())
    lines = logged(shop.app)
    assert [line.action for line in lines] == ["replay", "replay", "compare", "reencrypt", "seed", "erase"]
    assert {(line.who, line.entry_point, line.address) for line in lines} == {("cli:kim?boss", "terminal", None)}
    assert lines[-1].whom.startswith("erased-")
    assert lines[1].detail == "nothing is due again"


def test_commands_that_only_read_are_not_logged(shop: Shop, run: Run) -> None:
    session = shop.paid()
    for words in (("dead",), ("why", session["session_id"]), ("audit",), ("moving",), ("replay", "--all")):
        assert run(*words).exit_code == 0

    assert actions(shop.app) == []
