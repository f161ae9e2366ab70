"""Dead work on the command line: listed, explained, replayed, and completed by the workers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from pitturu.domain import clock
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from tests.shop import Json, Shop

Run = Callable[..., Result]
WORDS = "PortOne did not answer within 35 s."


@pytest.fixture
def run(app: Flask) -> Run:
    """`flask pitturu WORDS`; what it says on both channels is in `output`."""
    return lambda *words: app.test_cli_runner().invoke(args=["pitturu", *words])


@pytest.fixture
def stuck(shop: Shop) -> Json:
    """A paid session whose cancel ran out of attempts."""
    session = shop.paid()
    shop.cancel(session)
    shop.set(Cancellation, due_at=None, dead_at=clock.now(), attempts=50, last_error=WORDS)
    return session


def cancel_of(shop: Shop, session: Json) -> str:
    return str(shop.payment(session)["cancellations"][0]["cancellation_id"])


def test_nothing_waits_in_a_healthy_shop(shop: Shop, run: Run) -> None:
    shop.paid()

    assert run("dead").output == "Nothing needs an operator.\n"
    assert run("replay", "--all").output == "Rows that are due again: 0\n"


def test_dead_work_is_listed_with_what_to_do(shop: Shop, run: Run, stuck: Json) -> None:
    said = run("dead").output

    assert f"cancellation {cancel_of(shop, stuck)}: requested since" in said
    assert "50 tries" in said
    assert WORDS in said
    assert "pitturu replay ID" in said
    assert run("dead", "--kind", "session").output == "Nothing needs an operator.\n"


def test_a_long_list_is_cut_and_says_so(shop: Shop, run: Run) -> None:
    for _ in range(3):
        shop.open(prepared=False)
    shop.set(PaymentSession, dead_at=clock.now())

    said = run("dead", "--limit", "2").output
    assert said.count("dead since") == 2
    assert "3 in all, the 2 that wait longest are shown" in said


def test_a_named_row_is_replayed_once_and_the_work_is_done(shop: Shop, run: Run, stuck: Json) -> None:
    name = cancel_of(shop, stuck)

    assert run("replay", name).output == f"{name} is due again.\n"
    again = run("replay", name)
    assert again.exit_code == 1
    assert "cannot be replayed. It waits for" in again.output

    shop.drain()
    assert shop.session(stuck)["status"] == "cancelled"
    shop.balance()


def test_the_timeline_names_who_replayed(shop: Shop, run: Run, stuck: Json) -> None:
    run("replay", "--all")

    shop.login("operator", "admin")
    payment_id = shop.session(stuck)["payment_id"]
    reported = shop.get(f"/payments/{payment_id}", "operator")["timeline"]
    (line,) = [line for line in reported if line["kind"] == "replayed"]
    assert (line["cause"], line["actor"][:4]) == ("replay", "cli:")
    assert cancel_of(shop, stuck) in line["detail"]


@pytest.mark.parametrize(
    ("options", "count"),
    [([], 1), (["--kind", "cancellation"], 1), (["--kind", "webhook"], 0), (["--older-than", "60"], 0)],
)
def test_all_is_filtered_by_the_options(run: Run, stuck: Json, options: list[str], count: int) -> None:
    assert run("replay", "--all", *options).output == f"Rows that are due again: {count}\n"


def test_age_is_counted_from_the_last_attempt(shop: Shop, run: Run, stuck: Json) -> None:
    shop.set(Cancellation, dead_at=clock.now() - timedelta(minutes=2))

    assert run("replay", "--all", "--older-than", "60").output == "Rows that are due again: 1\n"


@pytest.mark.parametrize("words", [[], ["a", "--all"], ["a", "--kind", "session"], ["a", "--older-than", "3"]])
def test_the_selection_is_required(run: Run, words: list[str]) -> None:
    done = run("replay", *words)

    assert done.exit_code == 2
    assert "Name what to replay, or use --all" in done.output


def test_why_explains_the_session_and_all_that_hangs_on_it(shop: Shop, run: Run, stuck: Json) -> None:
    said = run("why", stuck["merchant_uid"]).output

    assert said.startswith(f"session {stuck['session_id']}: paid since")
    assert f"payment {shop.session(stuck)['payment_id']}: paid" in said
    assert "an operator: sending the cancel to PortOne failed, and its tries ran out" in said


def test_an_unknown_id_is_reported(run: Run) -> None:
    done = run("why", "nothing")

    assert done.exit_code == 1
    assert "No row has this id. Use a session_id" in done.output
