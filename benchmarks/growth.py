"""The performance of every endpoint and of the worker as the database grows, compared with one of a thousand
sessions."""

import itertools
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

from benchmarks import chain, filling
from benchmarks.effort import Effort
from benchmarks.figures import Bar, percentile, typical
from benchmarks.load import Plan, message, run, saturated
from benchmarks.scenario import COUNT, Scenario, Sets
from benchmarks.verifying import our_workers

RATE: Final = 40.0
"""Requests per second for both databases together: they alternate, and neither is saturated."""

ALLOWED: Final = 1.2

PROBES: Final = {"readyz": [message("GET", "/readyz")]}
"""This is reported only; the bar covers the endpoints of buyers, of PortOne, of operators and of Prometheus."""

SELDOM: Final = ("readyz", "metrics", "overview")

PLOTTED: Final = ("create", "poll", "304", "verify", "webhook", "history", "payment", "cancel")
"""Measured at the intermediate sizes as well: more lines would not be distinguishable in a chart."""

PEAKS: Final = ("create", "poll", "webhook")
CHAIN_RATE: Final = 20.0


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table (one for each endpoint and size), and bar f. The environment's own database stays small."""
    large = replace(
        scenario, environment=scenario.environment.on(DATABASE_URL=filling.copy(scenario.environment.database, "large"))
    )
    rows: list[dict[str, Any]] = []
    biggest = effort.sizes[-1]
    for size in effort.sizes[1:]:
        filling.fill(large.environment.database, size)
        large.environment.run(COUNT)
        with ExitStack() as stack:
            pair = [stack.enter_context(one.environment.server())[0] for one in (scenario, large)]
            sets = [one.everything(address) | PROBES for one, address in zip((scenario, large), pair, strict=True)]
            _warm(pair, sets)
            names = sets[0] if size == biggest else PLOTTED
            seconds = effort.growth_seconds if size == biggest else effort.growth_seconds / 2
            rows += [_endpoint(name, pair, sets, size, seconds) for name in names]
            if size == biggest:
                rows += [_peak(name, pair, sets, size, effort) for name in PEAKS]
    rows += [_verified(scenario, large, effort), _accepted(scenario, large, effort)]
    asked = [row for row in rows if row["sessions"] == biggest and "ratio" in row and row["what"] not in PROBES]
    return rows, [_bar(row, biggest) for row in sorted(asked, key=lambda row: -float(row["ratio"]))]


def _warm(pair: Sequence[str], sets: Sequence[Sets]) -> None:
    """Some requests of every kind, so that no measurement includes first-time initialisation."""
    mixed = [list(itertools.chain(*(requests[:8] for requests in each.values()))) for each in sets]
    run(Plan(list(zip(pair, mixed, strict=True)), 60, RATE, connections=8, once=True))


def _endpoint(name: str, pair: Sequence[str], sets: Sequence[Sets], size: int, seconds: float) -> dict[str, Any]:
    """One endpoint with both databases. Those that read many rows are requested less often, to avoid queueing."""
    lanes = [(address, each[name]) for address, each in zip(pair, sets, strict=True)]
    small, large = run(Plan(lanes, seconds, RATE / 8 if name in SELDOM else RATE, connections=8))
    return {
        "what": name,
        "sessions": size,
        "small": small.summary(),
        "large": large.summary(),
        "ratio": percentile(large.took, 50) / max(percentile(small.took, 50), 1e-9),
        # No worker runs here, and /readyz reports that with a 503.
        "failures": 0 if name in PROBES else small.failures + large.failures,
    }


def _peak(name: str, pair: Sequence[str], sets: Sequence[Sets], size: int, effort: Effort) -> dict[str, Any]:
    rounds: list[list[float]] = [[], []]
    for _ in range(2):
        for rates, address, each in zip(rounds, pair, sets, strict=True):
            rates.append(saturated(address, each[name], effort.seconds).per_second)
    small, large = (typical(rates)[0] for rates in rounds)
    return _beside(f"{name}, maximum per second", size, small, large)


def _verified(scenario: Scenario, large: Scenario, effort: Effort) -> dict[str, Any]:
    rates = [our_workers(one.environment, 2, effort.payments // 2)["per_second"] for one in (scenario, large)]
    return _beside("verified by two workers, per second", effort.sizes[-1], *rates)


def _accepted(scenario: Scenario, large: Scenario, effort: Effort) -> dict[str, Any]:
    waited = [chain.at(one, CHAIN_RATE, effort.chain_seconds / 2)["p50"] for one in (scenario, large)]
    return _beside(f"accepted to paid at {CHAIN_RATE:g} per second, p50 ms", effort.sizes[-1], *waited)


def _beside(what: str, size: int, small: float, large: float) -> dict[str, Any]:
    return {"what": what, "sessions": size, "figures": {"small": small, "large": large}}


def _bar(row: dict[str, Any], size: int) -> Bar:
    detail = f"{row['large']['p50']:.1f} ms of {row['small']['p50']:.1f} ms"
    what = f"p50 of {row['what']} at {size:,} sessions, of that at 1,000"
    return Bar("f", what, row["ratio"], ALLOWED, "x", most=True, detail=detail)
