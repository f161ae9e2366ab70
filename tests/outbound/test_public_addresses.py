"""No request leaves for an address that is not public, however it is written or hidden."""

import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3.exceptions import HTTPError

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.outbound import public_addresses, webhooks
from pitturu.outbound.endpoints import new_secret
from pitturu.outbound.guarded_http import GuardedWire
from pitturu.outbound.message import Message
from pitturu.outbound.public_addresses import PrivateAddress, is_public, resolve
from pitturu.portone import deadline
from pitturu.store.event_endpoints import Receiver
from pitturu.store.outbound import Channel
from tests.portone.faulty_server import FaultyServer, http, says
from tests.untrusted_server import untrusted_server

METADATA = "169.254.169.254"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        METADATA,
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2130706433",
        "shop.example",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.104.153.1", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "0", "::1", "::ffff:127.0.0.1"]
)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(PrivateAddress):
        resolve(host, 443, private=False)
    assert resolve(host, 443, private=True)


def answer_with(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The resolver answers one question after the other with these addresses; the names that were asked for."""
    asked, usual, left = list[str](), socket.getaddrinfo, list(answers)

    def resolver(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "shop.example":
            return usual(host, port, *args, **kwargs)
        asked.append(host)
        return [found for address in left.pop(0) for found in usual(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return asked


@pytest.mark.parametrize("hidden", ["127.0.0.1", METADATA, "10.1.2.3", "::1", "fd00:ec2::254", "::ffff:127.0.0.1"])
def test_a_name_that_resolves_to_a_private_address_among_public_ones(
    monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    answer_with(monkeypatch, ["8.8.8.8", hidden])
    with pytest.raises(PrivateAddress):
        resolve("shop.example", 443, private=False)


def post(url: str, *, private: bool = False, seconds: float = 2) -> int:
    """The status of a POST over a guarded connection."""
    wire = GuardedWire(private=private)
    try:
        request = requests.Request("POST", url, data=b"{}").prepare()
        return wire.send(request, timeout=(seconds, 2)).status_code
    finally:
        wire.close()


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_nothing_reaches_this_machine(spelling: str) -> None:
    with FaultyServer(says(http(b"ok"))) as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises((requests.RequestException, HTTPError, OSError), match="not public"):
            post(f"http://{spelling}:{port}/")
        assert server.connections == 0


def test_a_name_that_changes_its_address_after_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer would lead to this machine, and nobody asks for it."""
    with FaultyServer(says(http(b"ok"))) as server:
        port = int(server.url.rpartition(":")[2])
        asked = answer_with(monkeypatch, ["203.0.113.7"], ["127.0.0.1"])
        # 203.0.113.7 is for documents, so that nothing is reached: here it counts as public.
        monkeypatch.setattr(public_addresses, "is_public", lambda address: address == "203.0.113.7")
        with pytest.raises((requests.RequestException, HTTPError, OSError)):
            post(f"http://shop.example:{port}/")
        assert (asked, server.connections) == (["shop.example"], 0)


def test_the_checked_address_is_the_one_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(says(http(b"ok"))) as server:
        port = int(server.url.rpartition(":")[2])
        asked = answer_with(monkeypatch, ["127.0.0.1"])
        assert post(f"http://shop.example:{port}/", private=True) == 200
        assert asked == ["shop.example"]
        assert server.requests[0].headers["host"] == f"shop.example:{port}"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name itself, and reach what we may not."""
    with FaultyServer(says(http(b"ok"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with pytest.raises((requests.RequestException, HTTPError, OSError), match="not public"):
            post("http://127.0.0.1:1/")
        assert proxy.connections == 0


def test_in_production_no_event_reaches_this_machine(settings: Settings, system: FaultyServer) -> None:
    receiver = Receiver("evp1", system.url, (new_secret(),))
    message = Message("msg1", Channel.WEBHOOK, clock.now(), "evp1", {"id": "evt1"}, receiver)
    with pytest.raises(GatewayError, match="not public") as refused:
        webhooks.send(replace(settings, pitturu_env="production"), message)
    assert (system.connections, refused.value.reaction) == (0, Reaction.CALL_HUMAN)
    assert webhooks.send(settings, message) == "HTTP 200"


def test_many_addresses_share_the_time_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a name chooses how many addresses it has; none of these accepts a connection in time."""
    with socket.create_server(("0.0.0.0", 0), backlog=0) as full, ExitStack() as waiting:
        port = full.getsockname()[1]
        for _ in range(8):
            peer = waiting.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(("127.0.0.1", port))
        answer_with(monkeypatch, [f"127.0.0.{last}" for last in range(1, 21)])
        began = time.monotonic()
        with deadline.within(1), pytest.raises((requests.RequestException, HTTPError, OSError)):
            post(f"http://shop.example:{port}/", private=True, seconds=0.5)
        assert time.monotonic() - began < 3


def test_certificates_are_checked(tmp_path: Path) -> None:
    with untrusted_server(tmp_path) as (port, received):
        with pytest.raises((requests.RequestException, HTTPError), match="certificate"):
            post(f"https://localhost:{port}/", private=True)
        assert received == []
