"""Clients that send a byte now and then, to every web process, in greater number than any server has threads."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.journeys.processes.buyer import Buyer
from tests.system import System

HEADER = b"POST /api/v1/payments/webhook HTTP/1.1\r\nHost: shop\r\nContent-Length: 200\r\n"


@contextmanager
def silent_connections(system: System, begun: bytes, count: int = 200) -> Iterator[list[socket.socket]]:
    """So many connections on which this has been sent, and nothing more is."""
    address = urlsplit(system.url)
    with ExitStack() as stack:
        held = []
        for _ in range(count):
            held.append(stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=60)))
            held[-1].sendall(begun)
        yield held


def test_a_buyer_pays_while_others_send_half_a_request(system: System, buyer: Buyer) -> None:
    with silent_connections(system, HEADER), silent_connections(system, HEADER + b"\r\n{") as bodies:
        for one in bodies[::10]:
            one.sendall(b" ")

        session = buyer.paid()

        assert buyer.session(session)["status"] == "paid"


def test_a_body_that_does_not_come_is_not_waited_for(system: System, buyer: Buyer) -> None:
    """A connection that is idle between two requests, as load balancers and browsers keep it, stays open meanwhile."""
    place, idle = system.end_of_log(), HTTPConnection(urlsplit(system.url).netloc)

    def asks() -> int:
        idle.request("GET", "/healthz")
        with idle.getresponse() as answer:
            answer.read()
            return answer.status

    with closing(idle):
        assert asks() == 200
        idle.auto_open = 0
        with silent_connections(system, HEADER + b"\r\n{", count=1) as (silent,):
            assert silent.recv(1000).startswith(b"HTTP/1.1 4")
        assert asks() == 200
    assert re.findall("internal_error|Socket error", system.said_since(place)) == []
