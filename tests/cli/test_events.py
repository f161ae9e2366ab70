"""`flask pitturu events`: endpoints, tests, replays, and events forwarded to a developer's machine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result

from pitturu.cli.event_listener import DatabaseEvents, Listener
from pitturu.outbound import endpoints
from pitturu.store import shop_events
from pitturu.store.shop_events import Cursor
from tests.operators import actions
from tests.outbound.events import received, verified
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop
from tests.shop_events import events_of
from tests.waiting import until


@pytest.fixture
def system() -> Iterator[FaultyServer]:
    """A system of the shop that takes events."""
    with FaultyServer(says(http(b"ok"))) as server:
        yield server


def run(shop: Shop, *words: str) -> Result:
    """`flask pitturu events WORDS`."""
    return shop.app.test_cli_runner().invoke(args=["pitturu", "events", *words])


def added(shop: Shop, url: str) -> tuple[str, str]:
    """An endpoint that was added at the terminal, and its secret."""
    output = run(shop, "add", url, "--type", "payment.paid").output
    return output.split()[0], output.split()[-1]


def test_an_endpoint_is_added_listed_and_tested(shop: Shop, system: FaultyServer) -> None:
    assert "sent nowhere" in run(shop, "endpoints").output
    name, secret = added(shop, f"{system.url}/hook")
    listed = run(shop, "endpoints").output
    assert f"{name} {system.url}/hook: enabled" in listed
    assert "payment.paid" in listed
    assert secret not in listed
    assert f"ok   {name}: HTTP 200" in run(shop, "test", name).output
    assert verified(system.requests[0], secret)["type"] == "endpoint.test"
    assert actions(shop.app) == ["create_event_endpoint", "test_event_endpoint"]


@pytest.mark.parametrize("behaviour", [says(http(b"", 500)), says(b"nonsense\r\n\r\n")])
def test_a_test_that_is_not_taken(shop: Shop, system: FaultyServer, behaviour: Any) -> None:
    name, _ = added(shop, system.url)
    system.behaviour = behaviour
    result = run(shop, "test", name)
    assert (result.exit_code, name in result.output) == (1, True)


def test_an_endpoint_is_resumed_and_its_deliveries_are_listed(shop: Shop, system: FaultyServer) -> None:
    name, _ = added(shop, system.url)
    system.behaviour = says(http(b"", 410))
    (event,) = events_of(shop, shop.paid())
    assert "wants no more events" in run(shop, "deliveries", name).output
    system.behaviour = says(http(b"ok"))
    assert run(shop, "resume", name).output == f"{name} is enabled. 1 events are sent again.\n"
    shop.drain()
    listed = run(shop, "deliveries", name).output
    assert listed.split() == [event.event_id, "payment.paid", "delivered", "HTTP", "200"]
    assert actions(shop.app)[-1] == "resume_event_endpoint"


def test_mistakes_are_explained(shop: Shop) -> None:
    assert "url: " in run(shop, "add", "nowhere").output
    for command in ("test", "resume", "deliveries"):
        assert "No such endpoint" in run(shop, command, "evp1").output
    assert "No such endpoint" in run(shop, "replay", "evp1", "evt1").output
    assert "use --since" in run(shop, "replay", "evp1").output
    assert "--secret" in run(shop, "listen", "--forward-to", "http://127.0.0.1:1", "--secret", "whsec_x").output


def test_replay_since_a_moment_goes_on_to_the_end(
    shop: Shop, system: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = [shop.paid() for _ in range(3)]
    monkeypatch.setattr(endpoints, "MOST_REPLAYED", 2)
    name, _ = added(shop, system.url)
    assert "3 events are sent again." in run(shop, "replay", name, "--since", "2026-01-01T00:00:00+0000").output
    shop.drain()
    assert received(system) == ["payment.paid"] * 3
    event_id = events_of(shop, paid[0])[0].event_id
    assert "1 events are sent again." in run(shop, "replay", name, event_id).output
    shop.drain()
    assert [request.headers["webhook-id"] for request in system.requests].count(event_id) == 2


def forwarded(listener: Listener, count: int) -> None:
    """Forward until this many events were forwarded: transactions of other tests are waited for."""
    done = 0

    def enough() -> bool:
        nonlocal done
        done += listener.forward_new()
        return done >= count

    until(enough, f"{count} events are forwarded")


def test_a_developer_listens(shop: Shop, system: FaultyServer) -> None:
    shop.paid()
    secret, lines = endpoints.new_secret(), list[str]()
    with shop.app.app_context():
        until(lambda: shop_events.page(Cursor(0, 0), [], 1), "the event before can be read")
        listener = Listener(system.url, secret, DatabaseEvents([]), lines.append)
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    with shop.app.app_context():
        forwarded(listener, 2)
    paid, cancelled = events_of(shop, session)
    assert [verified(request, secret) for request in system.requests] == [paid.payload, cancelled.payload]
    assert [line.split()[1:] for line in lines] == [
        [one.type, one.event_id, session["merchant_uid"], "->", "HTTP", "200"] for one in (paid, cancelled)
    ]


def test_what_the_receiver_does_not_take_is_printed(shop: Shop, system: FaultyServer) -> None:
    lines = list[str]()
    with shop.app.app_context():
        listener = Listener(
            "http://127.0.0.1:1/", endpoints.new_secret(), DatabaseEvents(["payment.paid"]), lines.append
        )
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    with shop.app.app_context():
        forwarded(listener, 1)
    (line,) = lines
    assert "payment.paid" in line
    assert "did not answer" in line


def test_listening_ends_after_the_time(shop: Shop, system: FaultyServer) -> None:
    result = run(shop, "listen", "--forward-to", system.url, "--seconds", "0")
    assert result.exit_code == 0
    assert "They are signed with whsec_" in result.output


def test_not_in_production(shop_with: Callable[..., Shop]) -> None:
    result = run(shop_with(pitturu_env="production"), "listen", "--forward-to", "http://127.0.0.1:1")
    assert "This is for development" in result.output
