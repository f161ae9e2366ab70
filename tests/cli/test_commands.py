"""The commands of operators."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

from pitturu.store.history import Payment
from pitturu.store.invariants import INVARIANTS
from tests.shop import Shop

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`flask pitturu WORDS`; what it says on both channels is in `output`."""
    return lambda *words: app.test_cli_runner().invoke(args=["pitturu", *words])


def test_a_user_becomes_an_operator_and_a_buyer_again(shop: Shop, run: Run) -> None:
    shop.login("minji")

    assert run("operator", "minji").output == "minji is an operator from the next login on.\n"
    shop._logins.clear()
    assert shop.get("/me", "minji")["role"] == "admin"

    assert run("operator", "minji", "--buyer").exit_code == 0
    shop._logins.clear()
    assert shop.get("/me", "minji")["role"] == "buyer"


def test_nobody_becomes_an_operator_by_a_misspelled_name(run: Run) -> None:
    done = run("operator", "nobody")

    assert done.exit_code == 1
    assert "There is no user nobody. POST /api/v1/auth/register" in done.output


def test_the_audit_reports_that_all_invariants_hold(shop: Shop, run: Run) -> None:
    shop.paid()

    assert run("audit").output == f"{len(INVARIANTS)} invariants hold.\n"
    assert run("audit", "--recent").exit_code == 0


def test_the_audit_names_rows_and_what_to_do_and_keeps_it(shop: Shop, run: Run) -> None:
    session = shop.paid()
    shop.set(Payment, sandbox=False)

    done = run("audit")
    assert done.exit_code == 1
    assert f"accepted_on_our_channels: {session['payment_id']}\n  Goods were granted" in done.output
    reported = shop.client.get("/readyz").json["audit"]["violations"]
    assert [one["invariant"] for one in reported] == ["accepted_on_our_channels"]
