"""HTTP load from a separate process, so that the generator does not slow down the measuring process.

Two kinds. `saturated`: connections that are always busy measure the maximum throughput. `steady`: requests scheduled at
a constant rate measure latency; a late start counts, so a server that stalls cannot hide it by stalling the load as
well (coordinated omission).
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
"""Connections of load at a constant rate: enough that no request waits for a free one."""

CONNECTIONS: Final = 64
"""As many as two web processes have threads, so that all of them are busy."""

WARM: Final = 0.5
"""Seconds of load before the measurement."""

WARM_UP: Final = 2.0
"""Seconds for a new server: one of its processes may respond while another one still imports."""


@dataclass(frozen=True)
class Plan:
    """The input of the generator. Lanes are (host:port, requests); several lanes are used in turn.

    `rate` is requests per second over all lanes, None for saturation. `once` sends no request twice.
    """

    lanes: Sequence[tuple[str, Sequence[bytes]]]
    seconds: float
    rate: float | None = None
    connections: int = CONNECTIONS
    once: bool = False


def message(
    method: str, path: str, body: Any = None, token: str | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """One request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: shop.example", "Accept: application/json"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    data = b"" if body is None else json.dumps(body).encode()
    lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"] if data else []
    return "\r\n".join([*lines, "", ""]).encode() + data


def saturated(
    address: str, requests: Sequence[bytes], seconds: float, *, connections: int = CONNECTIONS, once: bool = False
) -> Sample:
    """The maximum throughput with so many connections always busy; with `once` until the requests are used up."""
    return run(Plan([(address, requests)], seconds, None, connections, once))[0]


def steady(address: str, requests: Sequence[bytes], rate: float, seconds: float, *, once: bool = False) -> Sample:
    """`rate` requests per second, whatever the server does."""
    # An idle connection occupies a thread of the server for five seconds, so no more are opened than needed.
    connections = min(MOST_CONNECTIONS, max(int(rate * 2), 4))
    return run(Plan([(address, requests)], seconds, rate, connections, once))[0]


def warm(address: str, requests: Sequence[bytes], *, once: bool = False) -> None:
    """Load until every process behind the address is warmed up; nothing is recorded."""
    saturated(address, requests, WARM_UP, once=once)


def run(plan: Plan) -> list[Sample]:
    """Execute the plan in another process; returns one sample per lane."""
    command = [sys.executable, "-m", "benchmarks.generator"]
    done = subprocess.run(command, input=pickle.dumps(plan), stdout=subprocess.PIPE, check=True)
    samples: list[Sample] = pickle.loads(done.stdout)
    return samples
