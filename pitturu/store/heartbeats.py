"""Heartbeats of beat, workers and sweeps, so that monitoring can detect when one stopped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import String, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.base import Base, Moment

KEPT_FOR: Final = timedelta(days=1)
"""How long heartbeats of ended processes are kept, to see since when one is missing."""


class Heartbeat(Base):
    """When a process was last alive: `worker:HOST:PID`, `beat:HOST:PID`, or `sweep` for any worker's sweep.

    `calls` is what a worker counted of its calls to PortOne in the last minutes (`worker.call_counts`).
    """

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    calls: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


_KIND = func.split_part(Heartbeat.name, ":", 1)


def beat(name: str, calls: Mapping[str, Any] | None = None) -> None:
    """Record a heartbeat, with what the process counted."""
    row = insert(Heartbeat).values(name=name[:120], seen_at=clock.now(), calls=calls)
    new = {"seen_at": row.excluded.seen_at, "calls": row.excluded.calls}
    db.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=new))


def last_seen() -> dict[str, datetime]:
    """Every kind (beat, worker, sweep) with the last heartbeat of any of its processes."""
    rows = db.session.execute(select(_KIND, func.max(Heartbeat.seen_at)).group_by(_KIND))
    return dict(rows.all())


def alive(since: datetime) -> dict[str, int]:
    """How many processes of each kind had a heartbeat since then."""
    rows = db.session.execute(select(_KIND, func.count()).where(Heartbeat.seen_at >= since).group_by(_KIND))
    return dict(rows.all())


def calls(since: datetime) -> list[dict[str, Any]]:
    """What each process counted whose last heartbeat is not older."""
    return list(
        db.session.scalars(select(Heartbeat.calls).where(Heartbeat.seen_at >= since, Heartbeat.calls.is_not(None)))
    )


def delete_expired() -> None:
    """Delete heartbeats of processes that ended; new processes have other names."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.seen_at < clock.now() - KEPT_FOR))
