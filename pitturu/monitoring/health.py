"""Liveness and readiness checks. Each failed check says what to do."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from flask import Blueprint, request
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import MIGRATIONS, db
from pitturu.monitoring import access, statistics
from pitturu.services import services
from pitturu.store import claims, heartbeats

MINIMUM_TIMEOUT: Final = timedelta(seconds=15)
"""A heartbeat younger than this never fails the check: processes restart."""

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True)
class Finding:
    """The result of one check. `detail` says what to do when it is not ok."""

    ok: bool
    detail: str


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers. Neither database nor Redis is checked: restarting this process would not repair those."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, Any], int, dict[str, str]]:
    """200 when every check passes, 503 otherwise. In production, only holders of METRICS_TOKEN see which one fails."""
    settings, found = services().settings, findings()
    well = all(finding.ok for finding in found.values())
    body: dict[str, Any] = {"status": "ok" if well else "failing"}
    shown = not settings.production or access.has_token(settings, request.authorization)
    if shown:
        body["checks"] = {name: asdict(finding) for name, finding in found.items()}
    if shown and found["database"].ok and found["migrations"].ok:
        body["attention"] = statistics.attention()
        # A broken invariant needs an operator; removing this web from the load balancer would not help.
        body["audit"] = statistics.audits()
    return body, 200 if well else 503, {"Cache-Control": "no-store"}


def findings() -> dict[str, Finding]:
    """The result of every check, by its name."""
    settings = services().settings
    return {name: _run(check, settings) for name, check in CHECKS.items()}


def _run(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except SQLAlchemyError as error:
        db.session.rollback()
        reason = str(error.__cause__ or error).strip().partition("\n")[0][:200]
        return Finding(False, f"The database did not answer the check: {reason}. Look at its log and at DATABASE_URL.")


def _database(_settings: Settings) -> Finding:
    db.session.execute(text("SELECT 1"))
    return Finding(True, "answers")


def _redis(_settings: Settings) -> Finding:
    try:
        services().redis.ping()
    except (RedisError, OSError) as error:
        words = (
            f"Redis cannot be reached ({str(error)[:100]}): work continues, but slowly. Start it, or correct REDIS_URL."
        )
        return Finding(False, words)
    return Finding(True, "answers")


def _migrations(_settings: Settings) -> Finding:
    present, wanted = schema()
    if present == wanted:
        return Finding(True, f"at {', '.join(wanted)}")
    words = f"The schema is at {', '.join(present) or 'nothing'}, the code needs {', '.join(wanted)}."
    return Finding(False, f"{words} Run `flask --app wsgi db upgrade`, or deploy the code that fits.")


def heartbeat_limit(settings: Settings) -> timedelta:
    """A process whose last heartbeat is older is taken for dead."""
    return max(MINIMUM_TIMEOUT, 5 * settings.sweep_interval)


def schema() -> tuple[list[str], list[str]]:
    """The migrations that the database is at, and those that the code needs."""
    return sorted(db.session.scalars(text("SELECT version_num FROM alembic_version"))), sorted(_heads())


def _processes(settings: Settings) -> Finding:
    limit = heartbeat_limit(settings)
    seen = heartbeats.alive(clock.now() - limit)
    silent = [name for name in ("beat", "worker") if name not in seen]
    seconds = f"{limit.total_seconds():g} s"
    if silent:
        return Finding(False, f"Not seen for {seconds}: {' and '.join(silent)}. Start it, or see its log.")
    processes = f"Running: workers {seen['worker']}, beats {seen['beat']}"
    if "sweep" not in seen:
        words = f"{processes}. Yet no sweep ran for {seconds}: beat's messages reach no worker. Check that the broker"
        return Finding(False, f"{words} is up (see redis), that workers consume the queue housekeeping, and their log.")
    return Finding(True, processes)


def _due(settings: Settings) -> Finding:
    due = [claims.oldest_due(kind.table) for kind in services().registry.row_kinds]
    oldest = [since for since in due if since is not None]
    late = clock.now() - min(oldest) if oldest else timedelta()
    words = f"The longest waiting work is {late.total_seconds():.0f} s late"
    if late <= settings.due_limit:
        return Finding(True, words)
    return Finding(False, f"{words}. Start more workers, and see their log for what keeps failing.")


@cache
def _heads() -> set[str]:
    # Imported on the first check: many processes of this package are never asked.
    from alembic.script import ScriptDirectory

    return set(ScriptDirectory(str(MIGRATIONS)).get_heads())


CHECKS: Final[dict[str, Callable[[Settings], Finding]]] = {
    "database": _database,
    "redis": _redis,
    "migrations": _migrations,
    "processes": _processes,
    "due_work": _due,
}
