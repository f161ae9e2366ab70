"""Polls while five hundred clients hold a connection and say nothing, compared with polls without them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

from benchmarks import ratios
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, typical
from benchmarks.load import steady, warm
from benchmarks.scenario import Scenario

CLIENTS: Final = 500
RATE: Final = 150.0
"""Polls a second: about a sixth of what two web processes answer."""

SLOWER: Final = 2.0
"""Bar g."""

BEGINNING: Final = b"GET /api/v1/items HTTP/1.1\r\nHost: shop.example\r\n"
"""A request whose end never comes."""


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bar g."""
    polls, seconds = scenario.poll(), effort.silent_seconds
    with scenario.environment.web() as address:
        warm(address, polls)

        def polled(clients: int) -> Sample:
            with _silent(address, clients):
                return steady(address, polls, RATE, seconds)

        found = ratios.interleaved(
            {"without": partial(polled, 0), "with": partial(polled, CLIENTS)}, effort.worker_rounds
        )
    p99 = {name: [sample.summary()["p99"] for sample in samples] for name, samples in found.items()}
    failures = sum(sample.failures for sample in found["with"])
    detail = f"{typical(p99['with'])[0]:.1f} ms of {typical(p99['without'])[0]:.1f} ms; {failures} failed"
    rows = [
        {"what": f"polls with {clients} silent connections"} | found[name][0].summary() | {"p99": typical(p99[name])[0]}
        for name, clients in (("without", 0), ("with", CLIENTS))
    ]
    what = f"p99 of polls with {CLIENTS} silent connections, of that without"
    return rows, [Bar("g", what, ratios.of(p99["with"], p99["without"]), SLOWER, most=True, detail=detail)]


@contextmanager
def _silent(address: str, clients: int) -> Iterator[None]:
    host, _, port = address.partition(":")
    with ExitStack() as stack:
        for _ in range(clients):
            stack.enter_context(socket.create_connection((host, int(port)), timeout=30)).sendall(BEGINNING)
        yield
