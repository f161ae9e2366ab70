"""The app behind a real server, whose answers can get lost, and a client of it."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from pitturu_client import Pitturu, transport
from werkzeug.serving import make_server

from tests.machine_clients import new_key
from tests.portone.faulty_server import Behaviour, FaultyServer
from tests.shop import Shop


@dataclass
class Served:
    """An app on a port of its own. It carries out the next `lose` requests and closes the connection instead of
    answering. `requests` has the Idempotency-Key of every request, None without one."""

    app: Flask
    url: str = ""
    lose: int = 0
    requests: list[str | None] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.requests.append(environ.get("HTTP_IDEMPOTENCY_KEY"))
        if self.lose == 0:
            return self.app.wsgi_app(environ, start_response)
        self.lose -= 1
        self.app.wsgi_app(environ, lambda *_: None)
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError


@pytest.fixture(scope="session")
def server(shared_app: Flask) -> Iterator[Served]:
    served = Served(shared_app)
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(server: Served, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The server over empty tables. The client's pauses are short."""
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.01)
    server.lose = 0
    server.requests.clear()
    return server


@pytest.fixture
def connect(served: Served, shop: Shop) -> Iterator[Callable[..., Pitturu]]:
    """Make the client of a user, who is registered with this role."""
    made: list[Pitturu] = []

    def make(user: str = "hana", role: str = "buyer", **options: Any) -> Pitturu:
        token = shop.login(user, role)["Authorization"].removeprefix("Bearer ")
        made.append(Pitturu(served.url, token=token, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def shop_server(served: Served, shop: Shop) -> Iterator[Pitturu]:
    """The client of a shop's server, with an API key that may do everything."""
    with Pitturu(served.url, api_key=new_key(shop)) as client:
        yield client


@pytest.fixture
def pitturu(connect: Callable[..., Pitturu]) -> Pitturu:
    """A client of the buyer."""
    return connect()


@pytest.fixture
def admin(connect: Callable[..., Pitturu]) -> Pitturu:
    """A client that may manage everything."""
    return connect("boss", "admin")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Behaviour], Pitturu]]:
    """Make a client of a server that behaves like this. Its pauses are short, and so is its timeout."""
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.01)
    with ExitStack() as opened:

        def make(behaviour: Behaviour) -> Pitturu:
            server = opened.enter_context(FaultyServer(behaviour))
            return opened.enter_context(Pitturu(server.url, timeout=5))

        yield make
