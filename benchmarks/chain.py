"""The time from the browser's verify to the paid session, with all processes running as in production, compared with a
bare view and bare tasks at the same rate."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

import psycopg

from benchmarks import filling, purchases, ratios
from benchmarks.baselines import tables
from benchmarks.effort import Effort
from benchmarks.environment import COMMANDS
from benchmarks.figures import Bar, Sample, percentile, typical
from benchmarks.filling import order
from benchmarks.load import message, saturated, steady
from benchmarks.scenario import FRESH, Scenario
from benchmarks.stand_ins import LATENCY
from benchmarks.workers import BARE, OURS, all_paid, bare_processes, beat, quiet

QUIET: Final = 5
"""Verifications per second in an idle system."""

THREADS: Final = 100
"""Of each bare worker. At half of the load none of its tasks waits for a thread."""

MIDDLE, SLOW = 1.5, 2.0
"""Bar e: p50 and p99, of a bare task."""

OUR_TIMES: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(accepted.xmin)),
    extract(epoch FROM pg_xact_commit_timestamp(paid.xmin))
FROM payment_sessions s
JOIN payment_events accepted ON accepted.session_key = s.id AND accepted.to_status = 'verifying'
JOIN payment_events paid ON paid.session_key = s.id AND paid.to_status = 'paid'
WHERE s.merchant_uid >= %s AND s.merchant_uid < %s
"""
BARE_TIMES: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(accepted.xmin)),
    extract(epoch FROM pg_xact_commit_timestamp(paid.xmin))
FROM bare_verifications accepted JOIN bare_orders paid USING (merchant_uid)
WHERE merchant_uid >= %s AND merchant_uid < %s
"""
"""Both times are those of the commits, from which on the request is accepted and the outcome is visible."""

Waited = dict[str, Any]


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bar e."""
    tables.create(scenario.environment.database)
    with ExitStack() as stack:
        ours = stack.enter_context(everything(scenario))
        stack.enter_context(bare_processes(scenario.environment, THREADS))
        least = stack.enter_context(scenario.environment.web("benchmarks.baselines.views:app"))
        peak = _peak(scenario, ours, effort.payments // 4)
        both = {
            "ours": partial(_ours, scenario, ours, peak / 2, effort.chain_seconds),
            "bare": partial(_bare, scenario, least, peak / 2, effort.chain_seconds),
        }
        both["bare"]()  # The first round would include its imports and connections.
        found = ratios.interleaved(both, effort.worker_rounds)
        calm = _ours(scenario, ours, QUIET, effort.chain_seconds)
        asked = [purchases.measure(scenario, ours, generation, peak, effort) for generation in purchases.MOST]
    rows = [
        {"what": "everything at once, verify to paid", "per_second": peak},
        {"what": "ours, at half of that"} | _middle(found["ours"]),
        {"what": "a bare view and task, at the same rate"} | _middle(found["bare"]),
        {"what": f"ours, at {QUIET} per second"} | calm,
    ]
    return rows, [*(_bar(found, name, limit) for name, limit in (("p50", MIDDLE), ("p99", SLOW))), *asked]


def _bar(found: dict[str, list[Waited]], name: str, limit: float) -> Bar:
    mine, others = ([waited[name] for waited in found[which]] for which in ("ours", "bare"))
    detail = f"{typical(mine)[0]:.0f} ms of {typical(others)[0]:.0f} ms at {found['ours'][0]['per_second']:,.0f}/s"
    what = f"accepted to paid above PortOne's own time, of a bare task: {name}"
    return Bar("e", what, ratios.of(mine, others), limit, most=True, detail=detail)


@contextmanager
def everything(scenario: Scenario) -> Iterator[str]:
    """Two webs, two workers and a beat, warmed up; the address of the web."""
    quiet(scenario.environment)
    with ExitStack() as stack:
        for number in range(2):
            stack.enter_context(scenario.environment.program(f"worker{number}", COMMANDS["worker"]))
        stack.enter_context(beat(scenario.environment))
        address = stack.enter_context(scenario.environment.web())
        _ours(scenario, address, QUIET * 4, 2)
        yield address


def _peak(scenario: Scenario, address: str, count: int) -> float:
    """Payments per second from the first acceptance to the last payment, when all are verified as fast as possible."""
    since = _checkouts(scenario, count)
    saturated(address, scenario.verify(since, count), 120, once=True)
    all_paid(scenario.environment, OURS, since, count)
    times = _times(scenario, OUR_TIMES, since, count)
    return count / (max(paid for _, paid in times) - min(accepted for accepted, _ in times))


def _ours(scenario: Scenario, address: str, rate: float, seconds: float) -> Waited:
    count = int(rate * seconds)
    since = _checkouts(scenario, count)
    sample = steady(address, scenario.verify(since, count), rate, seconds, once=True)
    all_paid(scenario.environment, OURS, since, count)
    return _waited(_times(scenario, OUR_TIMES, since, count), rate, sample)


def _bare(scenario: Scenario, address: str, rate: float, seconds: float) -> Waited:
    since, count = next(FRESH), int(rate * seconds)
    tables.add_orders(scenario.environment.database, since, count)
    numbers = range(since, since + count)
    requests = [message("POST", "/verify", {"merchant_uid": order(n)}, scenario.visitor(n)) for n in numbers]
    sample = steady(address, requests, rate, seconds, once=True)
    all_paid(scenario.environment, BARE, since, count)
    return _waited(_times(scenario, BARE_TIMES, since, count), rate, sample)


def _waited(times: list[tuple[float, float]], rate: float, sample: Sample) -> Waited:
    above = [(paid - accepted - LATENCY) * 1000 for accepted, paid in times]
    waited = {"p50": percentile(above, 50), "p99": percentile(above, 99), "largest": max(above)}
    return waited | {"per_second": rate, "payments": len(above), "accept": sample.summary()}


def _middle(rounds: list[Waited]) -> Waited:
    """The round with the median p50."""
    return sorted(rounds, key=lambda waited: float(waited["p50"]))[len(rounds) // 2]


def _checkouts(scenario: Scenario, count: int) -> int:
    since = next(FRESH)
    filling.checkouts(scenario.environment.database, since, count)
    return since


def _times(scenario: Scenario, query: str, since: int, count: int) -> list[tuple[float, float]]:
    with psycopg.connect(scenario.environment.database) as connection:
        rows = connection.execute(query, [order(since), order(since + count)]).fetchall()
    return [(float(accepted), float(paid)) for accepted, paid in rows]
