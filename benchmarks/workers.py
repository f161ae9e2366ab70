"""Payments verified by worker processes: ours, bare tasks, and a synchronous view. Each is measured as one subject."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import psycopg
from redis import Redis

from benchmarks import filling, watching
from benchmarks.baselines import tables
from benchmarks.environment import COMMANDS, Environment
from benchmarks.figures import steady_rate
from benchmarks.filling import order
from benchmarks.load import WARM_UP, message, saturated, warm
from benchmarks.scenario import FRESH, Scenario
from benchmarks.watching import Family

TIMEOUT: Final = 300.0
"""Seconds for one subject to verify all its payments."""

FASTEST: Final = 800
"""Verifications per second prepared for a synchronous view: more than can be used up."""

OURS: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(e.xmin)) FROM payment_events e JOIN payment_sessions s
ON s.id = e.session_key WHERE e.to_status = 'paid' AND s.merchant_uid >= %s AND s.merchant_uid < %s
"""
BARE: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM bare_orders
WHERE status = 'paid' AND merchant_uid >= %s AND merchant_uid < %s
"""
BARE_WORKER: Final = (
    "celery --quiet --app benchmarks.baselines.tasks.celery worker --queues bare --loglevel warning"
    " --without-gossip --without-mingle --pool threads --concurrency"
)


def our_workers(
    environment: Environment, processes: int, count: int, generation: str = "v1", command: str = COMMANDS["worker"]
) -> dict[str, Any]:
    """Sessions that are all due at once, and so many of the Procfile's workers, or of another command."""
    since = next(FRESH)
    quiet(environment)
    filling.checkouts(environment.database, since, count, "payments.verify", generation)
    with watching.statements(environment.database) as work, ExitStack() as stack:
        workers = [stack.enter_context(environment.program(f"worker{n}", command)) for n in range(processes)]
        stack.enter_context(beat(environment))
        families = [Family(worker.pid) for worker in workers]
        moments = all_paid(environment, OURS, since, count)
        spent = _spent(families, count)
    name = f"ours, {processes} worker processes" if processes > 1 else "ours, 1 worker process"
    counted = {"statements": work.statements / count, "commits": work.commits / count}
    return {"what": f"{name}, {generation}", "per_second": steady_rate(moments)} | spent | counted


def bare_workers(environment: Environment, threads: int, count: int, generation: str = "v1") -> dict[str, Any]:
    """One task per payment, two processes with so many threads each."""
    since = next(FRESH)
    tables.add_orders(environment.database, since, count)
    task = "verify_v2" if generation == "v2" else "verify"
    with environment.program("send", f"python -m benchmarks.baselines.tasks {task} {since} {count}") as process:
        process.wait(TIMEOUT)
    with bare_processes(environment, threads) as families:
        moments = all_paid(environment, BARE, since, count)
        spent = _spent(families, count)
    name = f"bare task, 2 x {threads} threads, {generation}"
    return {"what": name, "threads": threads, "per_second": steady_rate(moments)} | spent


@contextmanager
def bare_processes(environment: Environment, threads: int) -> Iterator[list[Family]]:
    """Two bare workers with so many threads each."""
    with ExitStack() as stack:
        command = f"{BARE_WORKER} {threads}"
        yield [Family(stack.enter_context(environment.program(f"bare{n}", command)).pid) for n in range(2)]


def synchronous(scenario: Scenario, threads: int, seconds: float) -> dict[str, Any]:
    """A synchronous view in two processes with so many threads, all busy."""
    since, count = next(FRESH), int(FASTEST * (seconds + WARM_UP))
    tables.add_orders(scenario.environment.database, since, count)
    requests = [
        message("POST", "/verify", {"merchant_uid": order(n)}, scenario.tokens[n % len(scenario.tokens)])
        for n in range(since, since + count)
    ]
    threaded = {"GUNICORN_CMD_ARGS": f"--worker-class gthread --threads {threads}", "VIEW_THREADS": str(threads)}
    with scenario.environment.server("benchmarks.baselines.synchronous:app", **threaded) as (address, _):
        # The processes accept connections from one queue, and unevenly: with many of them all threads are busy.
        connections, first = max(64, 4 * threads), int(FASTEST * WARM_UP)
        warm(address, requests[:first], once=True)
        sample = saturated(address, requests[first:], seconds, connections=connections, once=True)
    return {"what": f"synchronous view, 2 x {threads} threads", "threads": threads} | sample.summary()


@contextmanager
def beat(environment: Environment) -> Iterator[None]:
    """The beat of the Procfile."""
    with environment.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=str(environment.directory / "beat")):
        yield


def quiet(environment: Environment) -> None:
    """Clear all due work and all messages."""
    with psycopg.connect(environment.database) as connection:
        for table in ("payment_sessions", "webhook_deliveries", "payment_cancellations"):
            connection.execute(f"UPDATE {table} SET due_at = NULL WHERE due_at IS NOT NULL")
    Redis.from_url(environment.environ["REDIS_URL"]).flushdb()


def all_paid(environment: Environment, query: str, since: int, count: int) -> list[float]:
    """The time of each payment's commit (unix seconds), once the last one is committed."""
    deadline = time.monotonic() + TIMEOUT
    with psycopg.connect(environment.database, autocommit=True) as connection:
        while True:
            moments = [float(row[0]) for row in connection.execute(query, [order(since), order(since + count)])]
            if len(moments) >= count:
                return moments
            if time.monotonic() > deadline:
                seen = f"Only {len(moments)} of {count} payments were verified in {TIMEOUT:g} s."
                sys.exit(f"{seen}\n{environment.last_words()}")
            # Each query reads as many rows as are paid, so it must not be frequent.
            time.sleep(0.5)


def _spent(families: list[Family], count: int) -> dict[str, float]:
    memory = max(family.memory() for family in families)
    return {"memory": memory, "processor_ms": sum(family.seconds() for family in families) / count * 1000}
