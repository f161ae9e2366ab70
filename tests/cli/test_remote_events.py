"""`pitturu events listen --url`: events of a system elsewhere, read with an API key over HTTP."""

import threading
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from pitturu.cli.event_listener import Listener
from pitturu.cli.program import program
from pitturu.cli.remote_events import CannotRead, RemoteEvents
from pitturu.domain.scopes import Scope
from pitturu.outbound import endpoints
from tests.machine_clients import new_key
from tests.outbound.events import verified
from tests.portone.faulty_server import FaultyServer, http, says
from tests.shop import Shop
from tests.shop_events import events_of
from tests.waiting import until


@pytest.fixture
def receiver() -> Iterator[FaultyServer]:
    """A developer's own server that takes events."""
    with FaultyServer(says(http(b"ok"))) as server:
        yield server


@pytest.fixture
def remote(shop: Shop) -> Iterator[str]:
    """The address of a system that runs elsewhere."""
    server = make_server("127.0.0.1", 0, shop.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(*words: str) -> Result:
    """`pitturu events listen WORDS`, without settings of a system of one's own."""
    return CliRunner().invoke(program, ["events", "listen", "--forward-to", "http://127.0.0.1:1", *words])


def test_events_of_a_remote_system_are_forwarded(shop: Shop, remote: str, receiver: FaultyServer) -> None:
    shop.paid()
    lines, secret = list[str](), endpoints.new_secret()
    source = RemoteEvents(remote, new_key(shop, Scope.EVENTS_READ), ["payment.paid"], lines.append)
    listener = Listener(receiver.url, secret, source, lines.append)
    session = shop.paid()
    until(listener.forward_new, "the event is forwarded")
    (paid,) = events_of(shop, session)
    assert [verified(request, secret) for request in receiver.requests] == [paid.payload]
    (line,) = lines
    assert line.split()[1:] == ["payment.paid", paid.event_id, session["merchant_uid"], "->", "HTTP", "200"]


def test_it_needs_no_settings(shop: Shop, remote: str) -> None:
    key = new_key(shop, Scope.EVENTS_READ)
    result = run("--url", remote, "--key", key, "--seconds", "0")
    assert (result.exit_code, key in result.output) == (0, False)


def test_a_key_without_the_scope(shop: Shop, remote: str) -> None:
    result = run("--url", remote, "--key", new_key(shop, Scope.PAYMENTS_READ))
    assert result.exit_code == 1
    assert "needs an API key with the scope events:read" in result.output


@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        ("https://pay.example.com", "", "--url needs --key"),
        ("http://pay.example.com", "sk_test_x", "without TLS"),
        ("pay.example.com", "sk_test_x", "like https://"),
        ("https://pay.example.com", "키", "no API key"),
    ],
)
def test_mistakes_are_explained(url: str, key: str, words: str) -> None:
    assert words in run("--url", url, "--key", key).output


@pytest.mark.parametrize("answer", [http(b"ok"), http(b'{"items": [{}], "cursor": "x"}'), http(b"", 302)])
def test_another_system_is_recognised(receiver: FaultyServer, answer: bytes) -> None:
    receiver.behaviour = says(answer)
    with pytest.raises(CannotRead):
        RemoteEvents(receiver.url, "sk_test_x", [], print)


def test_it_goes_on_when_the_system_is_away_for_a_while(receiver: FaultyServer) -> None:
    """It says so once."""
    lines = list[str]()
    receiver.behaviour = says(http(b"", 503))
    source = RemoteEvents(receiver.url, "sk_test_x", [], lines.append)
    assert [source.read() for _ in range(2)] == [[], []]
    assert ["HTTP 503" in line for line in lines] == [True]
    receiver.behaviour = says(http(b'{"items": [], "cursor": "x"}'))
    source.read()
    source.read()
    assert "after=x" in receiver.requests[-1].target
