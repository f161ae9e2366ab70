"""What an operator does from a terminal, with the real commands."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

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
    assert shop.get("/me", "minji")["role"] == "operator"

    assert run("operator", "minji", "--buyer").exit_code == 0
    shop._logins.clear()
    assert shop.get("/me", "minji")["role"] == "buyer"


def test_nobody_becomes_an_operator_by_a_misspelled_name(run: Run) -> None:
    done = run("operator", "nobody")

    assert done.exit_code == 1
    assert "There is no user nobody. POST /api/v1/auth/register" in done.output
