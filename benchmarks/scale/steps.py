"""One, two, four web processes or workers: the throughput, and the cost of each request per kind of process.

The costs show what saturates first, on any machine: a server that spends 0.5 ms of a processor on a request can handle
2,000 of them per second and core, however many of the others there are.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import chain, filling, purchases
from benchmarks.load import saturated, steady, warm
from benchmarks.scale import spending
from benchmarks.scenario import FRESH, Scenario
from benchmarks.workers import our_workers


@dataclass(frozen=True)
class Point:
    """So many processes that do one thing as fast as they can; `costs` are milliseconds by kind of process.

    `half_ms` is the mean answer at half of that rate, None where nothing was asked at a constant rate.
    """

    what: str
    processes: int
    per_second: float
    costs: Mapping[str, float]
    half_ms: float | None = None

    def __str__(self) -> str:
        costs = ", ".join(f"{kind} {cost:.2f} ms" for kind, cost in self.costs.items())
        return f"{self.processes} x {self.what}: {self.per_second:,.0f}/s; each costs {costs}"


def web(shown: Scenario, counts: Sequence[int], seconds: float) -> Iterator[Point]:
    """So many gunicorn processes, each endpoint with all connections busy, and at half of that."""
    for count in counts:
        with shown.environment.server(WEB_CONCURRENCY=str(count)) as (address, _):
            warm(address, shown.poll())
            for name in ("session opened", "poll", "webhook taken in", "verify taken in"):
                yield _point(name, count, address, *_requests(shown, name, seconds), seconds)


def workers(shown: Scenario, counts: Sequence[int], payments: int) -> Iterator[Point]:
    """So many worker processes, and payments that are all due at once."""
    for count in counts:
        before = spending.spent()
        # The workers have ended when this returns, and report their own processor time.
        row = our_workers(shown.environment, count, payments)
        costs = {"workers": row["processor_ms"]} | spending.each(before, spending.spent(), payments)
        yield Point("payment verified", count, row["per_second"], costs)


def whole(shown: Scenario, generation: str, rate: float, seconds: float) -> tuple[dict[str, float], float]:
    """Milliseconds by kind of process, and calls of PortOne, for a whole purchase without polls, everything running.

    What the processes spend on nothing, on their heartbeats and sweeps, is measured before and subtracted.
    """
    with chain.everything(shown) as address:
        begun, before = time.monotonic(), spending.spent()
        time.sleep(seconds / 2)
        idle_seconds, idle = time.monotonic() - begun, spending.each(before, spending.spent(), 1)
        begun, before = time.monotonic(), spending.spent()
        bought = purchases.buy(shown, address, generation, rate, seconds)
        lasted, after = time.monotonic() - begun, spending.spent()
    each = spending.each(before, after, bought.purchases)
    idle_each = {kind: cost / idle_seconds * lasted / bought.purchases for kind, cost in idle.items()}
    return {kind: max(cost - idle_each.get(kind, 0), 0) for kind, cost in each.items()}, bought.calls


def _point(what: str, count: int, address: str, requests: Sequence[bytes], once: bool, seconds: float) -> Point:
    first, rest = requests[: len(requests) * 2 // 3], requests[len(requests) * 2 // 3 :]
    before, load = spending.spent(), spending.of_load()
    sample = saturated(address, first, seconds, once=once)
    spent = spending.spent() + Counter({"load": spending.of_load() - load})
    costs = spending.each(before, spent, sample.answers)
    half = steady(address, rest if once else requests, max(sample.per_second / 2, 1), seconds, once=once)
    return Point(what, count, sample.per_second, costs, sum(half.took) / max(len(half.took), 1) * 1000)


def _requests(shown: Scenario, name: str, seconds: float) -> tuple[Any, bool]:
    """Requests for a round at full speed and one at half of it, and whether each may be sent only once."""
    count, since = int(1500 * (seconds + 1)), next(FRESH)
    if name == "poll":
        return shown.poll() * 10, False
    if name == "session opened":
        return shown.opening(shown.endless, count), True
    if name == "webhook taken in":
        return shown.webhooks(count), True
    filling.checkouts(shown.environment.database, since, count // 2)
    return shown.verify(since, count // 2), True
