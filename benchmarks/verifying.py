"""Payments verified per second by worker processes, compared with a straightforward implementation and with the
ceiling."""

import sys
import time
from contextlib import ExitStack
from typing import Any, Final

import psycopg
from redis import Redis

from benchmarks import ceilings, filling, watching
from benchmarks.effort import Effort
from benchmarks.environment import COMMANDS, Environment
from benchmarks.figures import Bar, steady_rate
from benchmarks.filling import BUYERS, order
from benchmarks.scenario import FRESH, Scenario
from benchmarks.watching import Family

PATIENCE: Final = 120.0
"""Seconds for one subject to verify all its payments."""

PREFORK_PAYMENTS: Final = 80
"""Payments for eight seconds: two processes with one call of 200 ms each verify ten per second."""

OURS: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(e.xmin)) FROM payment_events e JOIN payment_sessions s
ON s.id = e.session_key WHERE e.to_status = 'paid' AND s.merchant_uid >= %s AND s.merchant_uid < %s
"""
BARE: Final = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM bare_orders
WHERE status = 'paid' AND merchant_uid >= %s AND merchant_uid < %s
"""
ORDERS: Final = """
INSERT INTO bare_orders (id, merchant_uid, username, item_id, amount, quantity, buyer_name, buyer_email, buyer_tel)
SELECT gen_random_uuid(), 'ord' || lpad(n::text, 26, '0'), 'buyer' || n %% %(buyers)s, i.id, i.price, 1, '김하나',
    'hana@example.org', '010-1234-5678'
FROM generate_series(%(since)s::bigint, %(since)s::bigint + %(count)s - 1) AS n,
    (SELECT id, price FROM items WHERE stock IS NULL ORDER BY name LIMIT 1) i
"""
BARE_WORKER: Final = "celery --quiet --app benchmarks.bare_tasks.celery worker --queues bare --loglevel warning"


def measure(scenario: Scenario, effort: Effort) -> tuple[list[dict[str, Any]], list[Bar]]:
    """Rows of the table, and bar c."""
    alone = _alone(scenario.environment, effort)
    ours = [our_workers(scenario.environment, count, effort.payments) for count in effort.processes]
    threads = [bare_workers(scenario.environment, count, effort.payments // 2) for count in effort.task_threads]
    # Repeated at the end, so that a change of the machine's speed is noticed.
    ours.append(our_workers(scenario.environment, 2, effort.payments))
    prefork = default_prefork(scenario.environment)
    two = [row for row in ours if row["processes"] == 2]
    fastest, usual = max(threads, key=_rate), best(two)
    rows = [alone, *ours, *threads, prefork]
    for row in rows:
        row["of_ceiling"] = _rate(row) / row["processes"] / _rate(alone)
    detail = f"{usual:,.0f}/s of {_rate(fastest):,.0f}/s ({fastest['what']}); all rounds of ours: "
    detail += ", ".join(f"{_rate(row):,.0f}" for row in two)
    slow = f"{usual:,.0f}/s of {_rate(prefork):,.1f}/s"
    bars = [
        Bar("c", "verified by two workers, of a bare task at its best", usual / _rate(fastest), 1.5, detail=detail),
        Bar("c", "the same, of Celery's default prefork", usual / _rate(prefork), 40, detail=slow),
    ]
    return rows, bars


def our_workers(environment: Environment, processes: int, count: int) -> dict[str, Any]:
    """Sessions that are all due at once, and so many of the Procfile's workers."""
    since = next(FRESH)
    quiet(environment)
    filling.checkouts(environment.database, since, count, "payments.verify")
    with watching.statements(environment.database) as work, ExitStack() as stack:
        workers = [stack.enter_context(environment.program(f"worker{n}", COMMANDS["worker"])) for n in range(processes)]
        beat = environment.directory / "beat"
        stack.enter_context(environment.program("beat", COMMANDS["beat"], BEAT_SCHEDULE=str(beat)))
        families = [Family(worker.pid) for worker in workers]
        moments = all_paid(environment, OURS, since, count)
        memory = max(family.memory() for family in families)
        seconds = sum(family.seconds() for family in families)
    return {
        "what": _name(processes),
        "processes": processes,
        "per_second": steady_rate(moments),
        "memory": memory,
        "processor_ms": seconds / count * 1000,
        "statements": work.statements / count,
        "commits": work.commits / count,
    }


def bare_workers(environment: Environment, threads: int, count: int) -> dict[str, Any]:
    """One task per payment, two processes with so many threads each."""
    return _bare(environment, f"bare task, 2 x {threads} threads", f"--pool threads --concurrency {threads}", 2, count)


def default_prefork(environment: Environment) -> dict[str, Any]:
    """Celery's default: one worker with a process for each of two cores."""
    return _bare(environment, "bare task, Celery's default prefork of 2", "--concurrency 2", 1, PREFORK_PAYMENTS)


def _bare(environment: Environment, what: str, manner: str, programs: int, count: int) -> dict[str, Any]:
    since = next(FRESH)
    with psycopg.connect(environment.database) as connection:
        connection.execute(filling.BARE)
        connection.execute(ORDERS, {"since": since, "count": count, "buyers": BUYERS})
    with environment.program("send", f"python -m benchmarks.bare_tasks {since} {count}") as process:
        process.wait(PATIENCE)
    with ExitStack() as stack:
        command = f"{BARE_WORKER} --without-gossip --without-mingle {manner}"
        workers = [stack.enter_context(environment.program(f"bare{n}", command)) for n in range(programs)]
        families = [Family(worker.pid) for worker in workers]
        moments = all_paid(environment, BARE, since, count)
        memory = max(family.memory() for family in families)
        seconds = sum(family.seconds() for family in families)
    rate = steady_rate(moments)
    cost = {"memory": memory, "processor_ms": seconds / count * 1000, "statements": 1.0, "commits": 1.0}
    return {"what": what, "processes": 2, "per_second": rate} | cost


def _alone(environment: Environment, effort: Effort) -> dict[str, Any]:
    """As many threads as one of our workers has, which call PortOne and do nothing else."""
    url = f"{environment.environ['PORTONE_BASE_URL']}/payments/findAll/{order(1)}"
    rate = ceilings.calls(url, {"Authorization": "Bearer x"}, effort.payments // 2, ceilings.THREADS)
    return {"what": f"ceiling: {ceilings.THREADS} threads calling", "processes": 1, "per_second": rate}


def quiet(environment: Environment) -> None:
    """Clear all due work and all messages."""
    with psycopg.connect(environment.database) as connection:
        for table in ("payment_sessions", "webhook_deliveries", "payment_cancellations"):
            connection.execute(f"UPDATE {table} SET due_at = NULL WHERE due_at IS NOT NULL")
    Redis.from_url(environment.environ["REDIS_URL"]).flushdb()


def all_paid(environment: Environment, query: str, since: int, count: int) -> list[float]:
    """The time of each payment's commit (unix seconds), once the last one is committed."""
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(environment.database, autocommit=True) as connection:
        while True:
            moments = [float(row[0]) for row in connection.execute(query, [order(since), order(since + count)])]
            if len(moments) >= count:
                return moments
            if time.monotonic() > deadline:
                seen = f"Only {len(moments)} of {count} payments were verified in {PATIENCE:g} s."
                sys.exit(f"{seen}\n{environment.last_words()}")
            # Each query reads as many rows as are paid, so it must not be frequent.
            time.sleep(0.5)


def _name(processes: int) -> str:
    return f"ours, {processes} worker processes" if processes > 1 else "ours, 1 worker process"


def _rate(row: dict[str, Any]) -> float:
    rate: float = row["per_second"]
    return rate


def best(rows: list[dict[str, Any]]) -> float:
    """Payments per second verified by two of our worker processes."""
    return max(_rate(row) for row in rows if row["what"] == _name(2))
