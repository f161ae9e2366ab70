"""The time from the browser's verify to the paid session, with all processes running as in production."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import psycopg

from benchmarks import filling
from benchmarks.effort import Effort
from benchmarks.environment import COMMANDS
from benchmarks.figures import Bar, Sample, percentile
from benchmarks.filling import order
from benchmarks.load import saturated, steady
from benchmarks.scenario import FRESH, Scenario
from benchmarks.verifying import OURS, all_paid, quiet

LATENCY: Final = 0.2
"""Seconds that PortOne takes for an answer."""

QUIET: Final = 5
"""Verifications per second in an idle system."""

TIMES: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(accepted.xmin)),
    extract(epoch FROM pg_xact_commit_timestamp(paid.xmin))
FROM payment_sessions s
JOIN payment_events accepted ON accepted.session_key = s.id AND accepted.to_status = 'verifying'
JOIN payment_events paid ON paid.session_key = s.id AND paid.to_status = 'paid'
WHERE s.merchant_uid >= %s AND s.merchant_uid < %s
"""
"""Both times are those of the commits, from which on the request is accepted and the outcome is visible."""


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bar e."""
    with _everything(scenario) as address:
        peak = _peak(scenario, address, effort.payments // 2)
        half = _load(scenario, address, peak / 2, effort.chain_seconds)
        calm = _load(scenario, address, QUIET, effort.chain_seconds)
    rows = [
        {"what": "everything at once, verify to paid", "per_second": peak},
        {"what": "at half of that"} | half,
        {"what": f"at {QUIET} per second"} | calm,
    ]
    detail = f"at {half['per_second']:,.0f}/s; in a quiet system {calm['p50']:.0f} ms"
    return rows, [
        Bar("e", "accept to paid above PortOne's own time, p50", half["p50"], 50, "ms", most=True, detail=detail),
        Bar("e", "the same, p99", half["p99"], 250, "ms", most=True, detail=f"in a quiet system {calm['p99']:.0f} ms"),
    ]


def at(scenario: Scenario, rate: float, seconds: float) -> dict[str, Any]:
    """The time from accepted to paid (milliseconds above PortOne's own time) at a rate of so many per second."""
    with _everything(scenario) as address:
        return _load(scenario, address, rate, seconds)


@contextmanager
def _everything(scenario: Scenario) -> Iterator[str]:
    quiet(scenario.environment)
    with ExitStack() as stack:
        for number in range(2):
            stack.enter_context(scenario.environment.program(f"worker{number}", COMMANDS["worker"]))
        beat = str(scenario.environment.directory / "beat-chain")
        stack.enter_context(scenario.environment.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=beat))
        address = stack.enter_context(scenario.environment.web())
        _load(scenario, address, QUIET * 4, 2)
        yield address


def _peak(scenario: Scenario, address: str, count: int) -> float:
    """Payments per second from the first acceptance to the last payment, when all are verified as fast as possible."""
    since = _checkouts(scenario, count)
    saturated(address, scenario.verify(since, count), 120, once=True)
    all_paid(scenario.environment, OURS, since, count)
    times = _times(scenario, since, count)
    return count / (max(paid for _, paid in times) - min(accepted for accepted, _ in times))


def _load(scenario: Scenario, address: str, rate: float, seconds: float) -> dict[str, Any]:
    count = int(rate * seconds)
    since = _checkouts(scenario, count)
    sample: Sample = steady(address, scenario.verify(since, count), rate, seconds, once=True)
    all_paid(scenario.environment, OURS, since, count)
    above = [(paid - accepted - LATENCY) * 1000 for accepted, paid in _times(scenario, since, count)]
    waited = {"p50": percentile(above, 50), "p99": percentile(above, 99), "largest": max(above)}
    return waited | {"per_second": rate, "payments": len(above), "accept": sample.summary()}


def _checkouts(scenario: Scenario, count: int) -> int:
    since = next(FRESH)
    filling.checkouts(scenario.environment.database, since, count)
    return since


def _times(scenario: Scenario, since: int, count: int) -> list[tuple[float, float]]:
    with psycopg.connect(scenario.environment.database) as connection:
        rows = connection.execute(TIMES, [order(since), order(since + count)]).fetchall()
    return [(float(accepted), float(paid)) for accepted, paid in rows]
