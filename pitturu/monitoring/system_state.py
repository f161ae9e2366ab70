"""The state of the whole system for operators: backlogs, processes, queues, PortOne, and how old the figures are.

It says what /readyz and /metrics say, for people who have neither.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from redis.exceptions import RedisError

from pitturu import instruments, redis_client
from pitturu.config import urls
from pitturu.config.settings import Settings
from pitturu.config.urls import RedisAddress
from pitturu.domain import clock
from pitturu.domain.jobs import Queue
from pitturu.monitoring import health, statistics
from pitturu.payments.handlers import AnyJobHandler
from pitturu.reporting import overview
from pitturu.reporting.figures import Durations
from pitturu.services import services
from pitturu.store import alerts, dead_letters, heartbeats, refusals, rollups

log = logging.getLogger(__name__)

TROUBLE: Final = ("try_again", "ask_first", "call_human", instruments.KEYS_REFUSED)
"""Outcomes of calls that PortOne did not serve. When it refuses a request, as it may, that is an answer."""

PROCESSES: Final = ("worker", "beat", "sweep")

REFUSED_WITHIN: Final = timedelta(days=1)

QUICKLY: Final = 0.5
"""Seconds that a request waits for a broker that does not answer."""

BOUNDS: Final = tuple(bound * 1000 for bound in instruments.REMOTE)


def read() -> dict[str, Any]:
    """Everything, for SystemSchema."""
    settings, registry, now = services().settings, services().registry, clock.now()
    database, code = health.schema()
    checks = [{"name": name, **asdict(finding)} for name, finding in health.findings().items()]
    dead = dead_letters.count_dead(registry.row_kinds, statistics.MOST)
    due = statistics.due_by_job(registry.handlers)
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return {
        "at": now,
        "release": settings.sentry_release or None,
        "environment": settings.portone_environment,
        "checks": checks,
        "migrations": {"database": database, "code": code},
        "work": [_backlog(job, *due[job.name], now) for job in registry.handlers],
        "dead": [{"kind": rows.name, "count": dead.get(rows.name, 0)} for rows in registry.row_kinds],
        "processes": _processes(settings, now),
        "queues": _queues(settings),
        "portone": _portone(settings, now),
        "webhook_lag": overview.webhook_lag(hour, now),
        "webhook_lag_since": hour,
        "alerts": {
            "open": alerts.count_open(),
            "muted": sum(state.muted for state in alerts.states().values()),
        },
        "rollups": _rollups(now),
        "attention": statistics.attention(),
    }


def _backlog(job: AnyJobHandler, count: int, since: datetime | None, now: datetime) -> dict[str, Any]:
    late = None if since is None else (now - since).total_seconds()
    return {"job": job.name, "kind": job.rows.name, "queue": job.queue, "due": count, "oldest_overdue_s": late}


def _processes(settings: Settings, now: datetime) -> list[dict[str, Any]]:
    seen, alive = heartbeats.last_seen(), heartbeats.alive(now - health.heartbeat_limit(settings))
    return [
        {
            "kind": kind,
            "alive": alive.get(kind, 0),
            "last_seen": seen.get(kind),
            "age_s": (now - seen[kind]).total_seconds() if kind in seen else None,
        }
        for kind in PROCESSES
    ]


def _queues(settings: Settings) -> list[dict[str, Any]] | None:
    """Wake-ups that no worker has received; None where the broker is not Redis, or is away.

    A queue that stays long means that too few workers run.
    """
    if not isinstance(urls.broker(settings.broker_address), RedisAddress):
        return None
    try:
        with (
            redis_client.connect(
                settings.broker_address, socket_connect_timeout=QUICKLY, socket_timeout=QUICKLY
            ) as redis,
            redis.pipeline(transaction=False) as pipeline,
        ):
            for queue in Queue:
                pipeline.llen(f"pitturu:{queue}")
            lengths = pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("queues_not_counted", extra={"error": str(error)[:200], "next": "see the check of Redis"})
        return None
    return [{"name": queue, "length": length} for queue, length in zip(Queue, lengths, strict=True)]


def _portone(settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """What the workers that live counted themselves, by generation."""
    counts = heartbeats.calls(now - health.heartbeat_limit(settings))
    refused = {one.generation: one for one in refusals.since(now - REFUSED_WITHIN)}
    since = max((one["seconds"] for one in counts), default=0)
    shown = []
    for generation in settings.generations:
        parts = [one[generation] for one in counts if generation in one]
        refusal = refused.get(generation)
        shown.append(
            {
                "generation": generation,
                "since_s": since,
                **_calls(parts),
                "refused_at": refusal and refusal.refused_at,
                "refused_reason": refusal and refusal.reason,
            }
        )
    return shown


def _calls(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    outcomes, buckets = Counter[str](), Counter[int]()
    for part in parts:
        outcomes.update(part["outcomes"])
        buckets.update(dict(enumerate(part["buckets"])))
    took = Durations(buckets.total(), sum(part["total_ms"] for part in parts), buckets, BOUNDS)
    return {
        "calls": outcomes.total(),
        "errors": sum(outcomes[outcome] for outcome in TROUBLE),
        "keys_refused": outcomes[instruments.KEYS_REFUSED],
        "mean_ms": took.mean_ms,
        "p50_ms": took.p50_ms,
        "p95_ms": took.p95_ms,
    }


def _rollups(now: datetime) -> dict[str, Any]:
    progress = rollups.progress()
    as_of = progress.counted_at if progress and not progress.stale else None
    return {"as_of": as_of, "age_s": (now - as_of).total_seconds() if as_of else None}
