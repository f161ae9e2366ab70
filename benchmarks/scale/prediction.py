"""Measures the costs that the model needs, compares it with one, two and four processes, and plans for rates."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from statistics import median
from typing import Final

from benchmarks import pages, plots
from benchmarks.environment import Environment
from benchmarks.scale import model, steps
from benchmarks.scale.model import KINDS, MANY, Purchase
from benchmarks.scale.steps import Point
from benchmarks.scenario import scenario
from benchmarks.stand_ins import LATENCY, stand_ins
from charts import Bar, Chart, bars

RATES: Final = (10, 30, 100, 300, 1_000, 3_000, 10_000)
"""Purchases per second."""

POLLS: Final = 3
"""Reads of a session by the browser of one purchase: while it is registered, on return, and when it is paid."""

CALLS_IN_FLIGHT: Final = 200
"""Of one worker: the default of PORTONE_CONCURRENCY."""

OF_ONE_KIND: Final = 150
"""Calls that one kind of work has in flight, as when all payments are due at once."""

LIMITED: Final = {"payment verified": model.WORKERS}
"""The kind of process whose number was changed, where it is not the web."""


@dataclass(frozen=True)
class Check:
    """A point, and what the model says of it, given the costs at the first number of processes."""

    point: Point
    per_second: float
    half_ms: float

    @property
    def error(self) -> float:
        """Of the rate: above zero when the model promises too much."""
        return self.per_second / max(self.point.per_second, 1e-9) - 1


def measure(here: Environment, wanted: argparse.Namespace) -> None:
    """Measure, print the tables, and renew page and plot if they are named."""
    with stand_ins(here) as faster:
        shown, points = scenario(faster), list[Point]()
        for measured in (
            steps.web(shown, wanted.processes, wanted.seconds),
            steps.workers(shown, wanted.processes, wanted.payments),
        ):
            for point in measured:
                points.append(point)
                print(point, flush=True)
        wholes = {name: steps.whole(shown, name, wanted.rate, wanted.seconds * 2) for name in ("v1", "v2")}
    poll = next(point for point in points if point.what == "poll")
    purchases = {name: _purchase(costs, poll.costs, calls) for name, (costs, calls) in wholes.items()}
    text = markdown(points, checked(points, os.cpu_count() or 1), purchases)
    print(text)
    if wanted.write:
        pages.renew(wanted.write, "model", text)
    if wanted.plots:
        plots.write(wanted.plots / "scale.svg", *saturation(purchases["v1"]))


def _purchase(costs: Mapping[str, float], poll: Mapping[str, float], calls: float) -> Purchase:
    seconds = {kind: (costs.get(kind, 0) + POLLS * poll.get(kind, 0)) / 1000 for kind in KINDS}
    return Purchase(seconds, calls, LATENCY)


def checked(points: Sequence[Point], cores: int) -> list[Check]:
    """What the model says of every point, given what was measured with the fewest processes."""
    return [_check(point, next(one for one in points if one.what == point.what).costs, cores) for point in points]


def _check(point: Point, costs: Mapping[str, float], cores: int) -> Check:
    seconds, whole = costs[LIMITED.get(point.what, model.WEB)] / 1000, sum(costs.values()) / 1000
    waiting = point.processes * OF_ONE_KIND / LATENCY if point.what in LIMITED else inf
    work = sum(costs.get(kind, 0) for kind in KINDS)
    queue = model.wait(point.processes, point.per_second / 2, seconds) * 1000
    return Check(point, min(model.most(point.processes, seconds, cores, whole), waiting), work + queue)


def markdown(points: Sequence[Point], checks: Sequence[Check], purchases: Mapping[str, Purchase]) -> str:
    """All tables."""
    fewest = min(point.processes for point in points)
    head = f"Measured on {date.today():%Y-%m-%d} on {os.cpu_count()} cores (`python -m benchmarks.scale model`)."
    return "\n\n".join(
        [
            f"{head} Milliseconds of a processor, with {fewest} process of the kind that answers:",
            _costs([point for point in points if point.processes == fewest], purchases),
            f"Purchases per second that keep one of each busy all the time, through V1: {_capacity(purchases['v1'])}.",
            *(f"What a rate needs, through {name.upper()}:\n\n{_plans(one)}" for name, one in purchases.items()),
            "What the model says of one, two and four processes on this machine, and what was measured:",
            _checks(checks),
            f"The median error of these rates is {median(abs(check.error) for check in checks):.0%},"
            f" the largest {max(abs(check.error) for check in checks):.0%}.",
        ]
    )


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _costs(points: Sequence[Point], purchases: Mapping[str, Purchase]) -> str:
    rows = [[point.what, *(f"{point.costs.get(kind, 0):.2f}" for kind in KINDS), ""] for point in points]
    for name, one in purchases.items():
        costs = (f"{one.seconds[kind] * 1000:.2f}" for kind in KINDS)
        rows.append([f"a whole purchase through {name.upper()}, {POLLS} polls included", *costs, f"{one.calls:.2f}"])
    return _table(["each", *KINDS, "calls of PortOne"], rows)


def _capacity(one: Purchase) -> str:
    capacity = one.capacity(CALLS_IN_FLIGHT)
    return ", ".join(f"{kind} {rate:,.0f}" for kind, rate in sorted(capacity.items(), key=lambda pair: pair[1]))


def _plans(one: Purchase) -> str:
    rows = []
    for rate in RATES:
        plan = model.plan(rate, one, CALLS_IN_FLIGHT)
        servers = (f"{plan.servers[kind]:,}" for kind in MANY)
        redis = f"{plan.redis:.0%}" if plan.redis < 1 else f"{plan.redis:.0%}: too much"
        calls = f"{plan.calls:,.0f}", f"{plan.in_flight:,.0f}"
        rows.append([f"{rate:,}", *servers, redis, *calls, "" if plan.redis >= 1 else f"{plan.seconds * 1000:,.0f} ms"])
    headings = "web processes", "workers", "Postgres cores", "Redis busy", "calls a second", "in flight"
    return _table(["purchases a second", *headings, "in our processes"], rows)


def _checks(checks: Sequence[Check]) -> str:
    rows = []
    for check in checks:
        point = check.point
        rates = f"{check.per_second:,.0f}", f"{point.per_second:,.0f}", f"{check.error:+.0%}"
        half = (f"{check.half_ms:.0f} ms", f"{point.half_ms:.0f} ms") if point.half_ms is not None else ("", "")
        rows.append([point.what, str(point.processes), *rates, *half])
    headings = "processes", "model, per second", "measured", "error", "model, mean answer at half of that", "measured"
    return _table(["", *headings], rows)


def saturation(one: Purchase) -> tuple[Chart, str, str]:
    """The chart of what saturates first, its title and its note."""
    names = {"calls": f"a worker's {CALLS_IN_FLIGHT} calls", "Postgres": "a core of Postgres", "web": "a web process"}
    names |= {"workers": "a worker process", "Redis": "Redis"}
    capacity = sorted(one.capacity(CALLS_IN_FLIGHT).items(), key=lambda pair: pair[1])
    shown = bars([Bar(names[kind], rate, f"{rate:,.0f}") for kind, rate in capacity])
    return (
        shown,
        "Purchases a second that one of each can serve",
        "V1, PortOne takes 200 ms; the shortest saturates first",
    )
