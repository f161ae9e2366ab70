"""A worker or beat answers `/metrics` itself."""

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests

from devstack.ports import free_port
from pitturu.monitoring import exporter
from pitturu.monitoring.exporter import AT_ONCE
from tests.values import settings_for
from tests.waiting import until

TOKEN = "t" * 32


@contextmanager
def served(**settings: object) -> Iterator[str]:
    """The address of an exporter."""
    port = free_port()
    stop = exporter.start(settings_for(metrics_port=port, bind_host="127.0.0.1", **settings))
    assert stop is not None
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop()


@pytest.fixture
def address() -> Iterator[str]:
    with served(metrics_token=TOKEN) as address:
        yield address


def test_it_shows_what_the_process_counts_and_nothing_of_the_database(address: str) -> None:
    text = requests.get(f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).text

    assert "pitturu_errors_total" in text
    assert "process_resident_memory_bytes" in text
    assert "pitturu_due_rows" not in text


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_the_token_is_needed(address: str, header: dict[str, str]) -> None:
    answer = requests.get(f"{address}/metrics", headers=header, timeout=20)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "METRICS_TOKEN" in answer.text


def test_production_without_a_token_answers_nobody() -> None:
    with served(pitturu_env="production") as address:
        assert requests.get(f"{address}/metrics", timeout=20).status_code == 401


def test_development_without_a_token_answers_everybody() -> None:
    with served() as address:
        assert requests.get(f"{address}/metrics", timeout=20).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/items", 404), ("GET", "/", 404), ("POST", "/metrics", 405)]
)
def test_there_is_nothing_else(address: str, method: str, path: str, status: int) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}

    assert requests.request(method, address + path, headers=token, timeout=20).status_code == status


def test_silent_clients_do_not_keep_others_out(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They occupy all threads, not more, until they have been silent for too long."""
    monkeypatch.setattr(exporter._Handler, "timeout", 0.5)
    host, port = address.removeprefix("http://").split(":")
    with ExitStack() as connections:
        for _ in range(AT_ONCE * 3):
            connections.enter_context(socket.create_connection((host, int(port))))
        until(lambda: _answers(address), "the silent clients are disconnected")


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/", timeout=5).status_code == 404
    except requests.ConnectionError:
        return False


def test_a_port_in_use_is_logged_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, caplog.at_level(logging.ERROR):
        port = taken.getsockname()[1]

        assert exporter.start(settings_for(metrics_port=port, bind_host="127.0.0.1")) is None

    (line,) = caplog.records
    assert (line.message, line.address) == ("metrics_port_unusable", f"127.0.0.1:{port}")
    assert "METRICS_PORT" in line.next


def test_without_a_port_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse: Callable[..., None] = lambda *_: pytest.fail("a server was made")  # noqa: E731
    monkeypatch.setattr(exporter, "_Server", refuse)

    assert exporter.start(settings_for()) is None
