"""A queueing model of the system: which rate of purchases needs how many processes and processors.

Web processes, worker processes and the cores of Postgres are queues with several servers (M/M/c): arrivals are random,
and so is the length of each piece of work. Redis is one server. PortOne is a delay: its calls wait for nobody, but a
worker has only so many of them in flight. The costs are measured (`benchmarks.scale.steps`), in seconds of a processor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf, sqrt
from typing import Final

WEB, WORKERS, POSTGRES, REDIS = "web", "workers", "Postgres", "Redis"
KINDS: Final = (WEB, WORKERS, POSTGRES, REDIS)
MANY: Final = (WEB, WORKERS, POSTGRES)
"""The kinds of which there may be several: Redis answers on one processor."""

BUSY: Final = 0.8
"""The largest share of its time that a server is planned to work: the rest is for peaks, and for what is not
purchases (sweeps, audits, rollups)."""

SURGE: Final = 2.33
"""Standard deviations of the number of calls in flight that are provided for: 99 % of all moments."""


@dataclass(frozen=True)
class Purchase:
    """What one purchase costs: seconds of a processor by kind of process, and calls of PortOne of so many seconds."""

    seconds: Mapping[str, float]
    calls: float
    latency: float

    def capacity(self, calls_in_flight: int) -> dict[str, float]:
        """Purchases per second at which one server of each kind is busy all the time, and one worker's calls."""
        of_processors = {kind: 1 / self.seconds[kind] for kind in KINDS if self.seconds[kind] > 0}
        return of_processors | {"calls": calls_in_flight / (self.calls * self.latency)}


@dataclass(frozen=True)
class Plan:
    """What a rate of purchases needs: servers by kind, and calls of PortOne in flight (on average) and per second.

    `redis` is the share of its time that Redis is busy; above 1 it cannot do the work.
    """

    rate: float
    servers: Mapping[str, int]
    redis: float
    in_flight: float
    calls: float
    seconds: float
    """The mean time that a purchase spends in and before all servers, without PortOne's own."""


def plan(rate: float, purchase: Purchase, calls_in_flight: int) -> Plan:
    """The fewest servers for so many purchases per second; each worker has `calls_in_flight` calls at the most."""
    servers = {kind: needed(rate, purchase.seconds[kind]) for kind in MANY}
    in_flight = rate * purchase.calls * purchase.latency
    surge = in_flight + SURGE * sqrt(in_flight)
    servers[WORKERS] = max(servers[WORKERS], ceil(surge / calls_in_flight))
    one_redis = servers | {REDIS: 1}
    spent = sum(purchase.seconds[kind] + wait(one_redis[kind], rate, purchase.seconds[kind]) for kind in KINDS)
    return Plan(rate, servers, rate * purchase.seconds[REDIS], in_flight, rate * purchase.calls, spent)


def needed(rate: float, service: float) -> int:
    """The fewest servers that are busy for no more than BUSY, before which work waits no longer than it takes."""
    servers = max(ceil(rate * service / BUSY), 1)
    while wait(servers, rate, service) > service:
        servers += 1
    return servers


def wait(servers: int, rate: float, service: float) -> float:
    """The mean time in the queue before so many servers (Erlang C); infinite when they cannot do the work."""
    load = rate * service
    if load >= servers:
        return inf
    return waiting(servers, load) * service / (servers - load)


def waiting(servers: int, load: float) -> float:
    """The share of arrivals that find all servers busy; `load` is the number of servers that are busy on average.

    Erlang B is computed server by server, which cannot overflow, and gives Erlang C.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    busy = load / servers
    return blocked / (1 - busy + busy * blocked)


def most(processes: int, seconds: float, cores: int, whole: float) -> float:
    """The highest rate of so many single-threaded processes on one machine.

    Each request takes `seconds` of one of them, and `whole` of the machine's cores in all processes together.
    """
    return min(processes / seconds, cores / whole)
