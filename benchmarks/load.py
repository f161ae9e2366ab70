"""Load over HTTP from a process of its own, so that what measures takes no time from what is measured.

Two kinds. `saturated`: some connections, each always busy, show how much a server can do at most. `steady`: requests
with intended starts at a constant rate show how long people wait; a late start counts, so a server that stalls cannot
hide it by stalling the load as well (coordinated omission).
"""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.figures import Sample

MOST_CONNECTIONS: Final = 256
"""Of load at a constant rate: enough that nobody waits for a free one."""

CONNECTIONS: Final = 64
"""As many as two web processes have threads, so that none of those is idle."""

WARM: Final = 0.5
"""Seconds of load before anything is counted."""

WARM_UP: Final = 2.0
"""Seconds for a server that has just started: one of its processes answers already while another still imports."""


@dataclass(frozen=True)
class Plan:
    """What the generator shall do. Lanes are (host:port, requests); with several, starts take turns.

    `rate` is requests per second over all lanes, None for always busy connections. `once` sends no request twice.
    """

    lanes: Sequence[tuple[str, Sequence[bytes]]]
    seconds: float
    rate: float | None = None
    connections: int = CONNECTIONS
    once: bool = False


def message(
    method: str, path: str, body: Any = None, token: str | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """One request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: shop.example", "Accept: application/json"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    data = b"" if body is None else json.dumps(body).encode()
    lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"] if data else []
    return "\r\n".join([*lines, "", ""]).encode() + data


def saturated(
    address: str, requests: Sequence[bytes], seconds: float, *, connections: int = CONNECTIONS, once: bool = False
) -> Sample:
    """As much as the server can do with that many connections always busy; with `once` until the requests run out."""
    return run(Plan([(address, requests)], seconds, None, connections, once))[0]


def steady(address: str, requests: Sequence[bytes], rate: float, seconds: float, *, once: bool = False) -> Sample:
    """`rate` requests per second, whatever the server does."""
    # A connection that sends nothing takes up a thread of the server for five seconds: no more are opened than needed.
    connections = min(MOST_CONNECTIONS, max(int(rate * 2), 4))
    return run(Plan([(address, requests)], seconds, rate, connections, once))[0]


def warm(address: str, requests: Sequence[bytes], *, once: bool = False) -> None:
    """Load until every process behind the address has begun and has done this before; nothing is counted."""
    saturated(address, requests, WARM_UP, once=once)


def run(plan: Plan) -> list[Sample]:
    """Carry out the plan in another process; one sample for each lane."""
    command = [sys.executable, "-m", "benchmarks.generator"]
    done = subprocess.run(command, input=pickle.dumps(plan), stdout=subprocess.PIPE, check=True)
    samples: list[Sample] = pickle.loads(done.stdout)
    return samples
