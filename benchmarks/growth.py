"""Every endpoint, and the workers, with a million sessions in the database, compared with a thousand."""

import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

from benchmarks import filling, ratios
from benchmarks.effort import Effort
from benchmarks.figures import Bar, Sample, percentile
from benchmarks.load import Plan, message, run
from benchmarks.ratios import Ratio
from benchmarks.scenario import COUNT, Scenario, Sets
from benchmarks.workers import our_workers

RATE: Final = 40.0
"""Requests per second for both databases together: they alternate, and neither is saturated."""

SLOWEST_RATE: Final = 10.0
"""The same for requests that read many rows: none waits for another one."""

ROUNDS: Final = 7
"""Requests alternate between the databases; each seventh of them is a round."""

ALLOWED: Final = 1.1
"""Bar f."""

PROBES: Final = {"readyz": [message("GET", "/readyz")]}
"""This is reported only; the bar covers the endpoints of buyers, of PortOne, of operators and of Prometheus."""

SELDOM: Final = ("readyz", "metrics", "overview", "system", "cases", "order", "orders as CSV")


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table (one for each endpoint), and bar f. The environment's own database stays small."""
    large = replace(
        scenario, environment=scenario.environment.on(DATABASE_URL=filling.copy(scenario.environment.database, "large"))
    )
    filling.fill(large.environment.database, effort.sessions)
    large.environment.run(COUNT)
    with ExitStack() as stack:
        pair = [stack.enter_context(one.environment.server())[0] for one in (scenario, large)]
        sets = [one.everything(address) | PROBES for one, address in zip((scenario, large), pair, strict=True)]
        _warm(pair, sets)
        rows = [_endpoint(name, pair, sets, effort.growth_seconds) for name in sets[0]]
    bars = [_bar(row, effort.sessions) for row in rows if row["what"] not in PROBES]
    rows.append(_verified(scenario, large, effort))
    return rows, sorted(bars, key=lambda bar: -bar.ratio.median)


def _warm(pair: Sequence[str], sets: Sequence[Sets]) -> None:
    """Some requests of every kind, so that no measurement includes first-time initialisation."""
    mixed = [list(itertools.chain(*(requests[:8] for requests in each.values()))) for each in sets]
    run(Plan(list(zip(pair, mixed, strict=True)), 60, RATE, connections=8, once=True))


def _endpoint(name: str, pair: Sequence[str], sets: Sequence[Sets], seconds: float) -> dict[str, Any]:
    """One endpoint with both databases."""
    lanes = [(address, each[name]) for address, each in zip(pair, sets, strict=True)]
    small, large = run(Plan(lanes, seconds, SLOWEST_RATE if name in SELDOM else RATE, connections=8))
    return {
        "what": name,
        "small": small.summary(),
        "large": large.summary(),
        "ratio": list(ratios.of(_medians(large), _medians(small)).rounds),
        # No worker runs here, and /readyz reports that with a 503.
        "failures": 0 if name in PROBES else small.failures + large.failures,
    }


def _medians(sample: Sample) -> list[float]:
    """p50 of each round of the requests, in their order."""
    count = len(sample.took)
    ends = [count * number // ROUNDS for number in range(ROUNDS + 1)]
    return [percentile(sample.took[begin:end], 50) for begin, end in itertools.pairwise(ends)]


def _verified(scenario: Scenario, large: Scenario, effort: Effort) -> dict[str, Any]:
    rates = [our_workers(one.environment, 2, effort.payments // 2)["per_second"] for one in (scenario, large)]
    return {"what": "verified by two workers, per second", "figures": {"small": rates[0], "large": rates[1]}}


def _bar(row: dict[str, Any], size: int) -> Bar:
    detail = f"{row['large']['p50']:.1f} ms of {row['small']['p50']:.1f} ms"
    what = f"p50 of {row['what']} at {size:,} sessions, of that at 1,000"
    return Bar("f", what, Ratio(tuple(row["ratio"])), ALLOWED, "x", most=True, detail=detail)
