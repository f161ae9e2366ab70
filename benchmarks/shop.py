"""The usual alternative: a synchronous view with PortOne's client, with several numbers of threads."""

from typing import Any

import psycopg

from benchmarks import filling
from benchmarks.effort import Effort
from benchmarks.figures import Bar
from benchmarks.filling import BUYERS, order
from benchmarks.load import WARM_UP, message, saturated, warm
from benchmarks.scenario import FRESH, Scenario
from benchmarks.verifying import ORDERS

DEFAULT = 1
"""The default number of threads of a gunicorn worker."""

FASTEST = 1000
"""Verifications per second prepared for a round: more than can be used up."""


def measure(scenario: Scenario, effort: Effort, ours: float) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bar d. `ours` is what two of our workers verify per second, measured in the same run."""
    with psycopg.connect(scenario.environment.database) as connection:
        connection.execute(filling.BARE)
    rows = [_view(scenario, threads, effort.seconds * 2) for threads in effort.view_threads]
    default = next(row for row in rows if row["threads"] == DEFAULT)
    best = max(rows, key=lambda row: float(row["per_second"]))

    def detail(row: dict[str, Any]) -> str:
        return f"{ours:,.0f}/s of {row['per_second']:,.1f}/s (2 processes x {row['threads']} threads)"

    return rows, [
        Bar("d", "verified, of the synchronous view", ours / default["per_second"], 10, detail=detail(default)),
        Bar("d", "the same, of that view at its best", ours / best["per_second"], 2, detail=detail(best)),
    ]


def _view(scenario: Scenario, threads: int, seconds: float) -> dict[str, Any]:
    """Two processes with so many threads, all busy."""
    since, count = next(FRESH), int(FASTEST * (seconds + WARM_UP))
    with psycopg.connect(scenario.environment.database) as connection:
        connection.execute(ORDERS, {"since": since, "count": count, "buyers": BUYERS})
    requests = [
        message("POST", "/verify", {"merchant_uid": order(n)}, scenario.tokens[n % BUYERS])
        for n in range(since, since + count)
    ]
    threaded = {"GUNICORN_CMD_ARGS": f"--worker-class gthread --threads {threads}", "VIEW_THREADS": str(threads)}
    with scenario.environment.server("benchmarks.synchronous:app", **threaded) as (address, _):
        # The processes accept connections from one queue, and unevenly: with many of them all threads are busy.
        connections, first = max(64, 4 * threads), int(FASTEST * WARM_UP)
        warm(address, requests[:first], once=True)
        sample = saturated(address, requests[first:], seconds, connections=connections, once=True)
    what = f"synchronous view, 2 x {threads} threads"
    return {"what": what, "threads": threads} | sample.summary()
