"""`make demo` against the whole system: it can be repeated, and names a failing step."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from devstack.ports import free_port
from tests.system import CHECKOUT, System

Played = subprocess.CompletedProcess[str]


def play(url: str, simulator: str, *options: str) -> Played:
    """Run the demo with its output in a pipe."""
    addresses = ["--url", url, "--simulator", simulator]
    command = [sys.executable, "-m", "scripts.demo", *addresses, *options]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


@pytest.fixture
def sold_out(system: System) -> Iterator[None]:
    """Of everything that can run out, one piece is left."""
    item_in_stock = system.rows("SELECT id, stock FROM items WHERE stock IS NOT NULL")
    system.rows("UPDATE items SET stock = 1 WHERE stock IS NOT NULL")
    yield
    for item, stock in item_in_stock:
        system.rows("UPDATE items SET stock = %s WHERE id = %s", stock, item)


def test_the_demo_can_be_played_again_and_again(system: System) -> None:
    for _ in range(2):
        played = play(system.url, system.portone.url)

        assert played.returncode == 0, played.stdout + played.stderr
        assert "steps were seen through the public API" in played.stdout.splitlines()[-1]
        assert "\x1b" not in played.stdout


@pytest.mark.usefixtures("sold_out")
def test_a_shop_that_is_nearly_sold_out_has_something_for_the_demo(system: System) -> None:
    played = play(system.url, system.portone.url)

    assert played.returncode == 0, played.stdout + played.stderr
    assert "never runs out" in played.stdout


def test_a_step_that_does_not_come_about_is_named_with_what_to_do(system: System) -> None:
    system.stop("worker")
    played = play(system.url, system.portone.url, "--timeout", "1")

    assert played.returncode == 1
    last = played.stdout.splitlines()[-1]
    assert "Wait until the session is prepared" in last
    assert "expected status prepared, saw created for 1 s. Look at the worker's lines" in last


def test_nothing_running_is_one_clear_line() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    played = play(nowhere, nowhere)

    assert played.returncode == 1
    assert f"expected the shop at {nowhere}, saw no answer there. Start it with `make run`" in played.stdout
    assert "Traceback" not in played.stdout + played.stderr
