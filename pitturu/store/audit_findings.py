"""What the last audits found, and since when, so that nobody has to run one to know how the books stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.audit import Violation
from pitturu.store.base import Base, Moment
from pitturu.store.invariants import INVARIANTS, Scope, checked
from pitturu.store.unit_of_work import UnitOfWork

GIVEN_UP_AFTER: Final = timedelta(minutes=30)
"""An audit that has begun and not ended for so long died with its worker; another one need not wait for its day."""


class AuditFinding(Base):
    """A row that breaks an invariant, since `since`, as of the last audit."""

    __tablename__ = "audit_findings"

    invariant: Mapped[str] = mapped_column(String(60), primary_key=True)
    row_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    since: Mapped[datetime] = mapped_column(Moment)


class AuditRun(Base):
    """The last audit of each scope. `last_line` is the newest line of the timeline that it has seen."""

    __tablename__ = "audit_runs"
    __table_args__ = (CheckConstraint("scope IN ('recent', 'full')", name="scope"),)

    scope: Mapped[str] = mapped_column(String(10), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_line: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


@dataclass(frozen=True)
class Standing:
    """One invariant that is broken as of the last audit: its rows, and since when the oldest of them breaks it."""

    invariant: str
    rows: list[str]
    advice: str
    since: datetime


def begin(work: UnitOfWork, scope: Scope, at_most_every: timedelta) -> bool:
    """Whether an audit of this scope is to begin now: none has begun within that time, or it died. One of many may."""
    now = clock.now()
    row = insert(AuditRun).values(scope=scope, started_at=now, last_line=0)
    old = AuditRun.started_at <= now - at_most_every
    unfinished = or_(AuditRun.ended_at.is_(None), AuditRun.ended_at < AuditRun.started_at)
    given_up = and_(unfinished, AuditRun.started_at <= now - GIVEN_UP_AFTER)
    taken = row.on_conflict_do_update(index_elements=["scope"], set_={"started_at": now}, where=or_(old, given_up))
    return work.session.scalar(taken.returning(AuditRun.scope)) is not None


def looked_up_to() -> int:
    """The newest line of the timeline that an audit which ended has seen."""
    return db.session.scalar(select(func.max(AuditRun.last_line))) or 0


def runs() -> Sequence[AuditRun]:
    """The last audit of each scope."""
    return db.session.scalars(select(AuditRun).order_by(AuditRun.scope)).all()


def keep(work: UnitOfWork, scope: Scope, found: Sequence[Violation], last_line: int) -> list[Violation]:
    """Write down what an audit of this scope found; what is broken no more is forgotten. Returns what is news."""
    now = clock.now()
    ended = {"ended_at": now, "last_line": func.greatest(AuditRun.last_line, last_line)}
    work.session.execute(update(AuditRun).where(AuditRun.scope == scope).values(ended))
    looked_for = [invariant.name for invariant in checked(scope)]
    before = work.session.scalars(select(AuditFinding).where(AuditFinding.invariant.in_(looked_for)))
    known = {(one.invariant, one.row_name) for one in before}
    standing = {
        (one.invariant, name): key for one in found for name, key in zip(one.rows, one.session_keys, strict=True)
    }
    for invariant, name in known - standing.keys():
        healed = AuditFinding.invariant == invariant, AuditFinding.row_name == name
        work.session.execute(delete(AuditFinding).where(*healed))
    for (invariant, name), key in standing.items():
        row = insert(AuditFinding).values(invariant=invariant, row_name=name, session_key=key, since=now)
        work.session.execute(row.on_conflict_do_nothing())
    fresh = {invariant for invariant, _ in standing.keys() - known}
    return [one for one in found if one.invariant in fresh]


def standing() -> list[Standing]:
    """Every invariant that is broken as of the last audit."""
    rows: dict[str, list[AuditFinding]] = {}
    for finding in db.session.scalars(select(AuditFinding).order_by(AuditFinding.row_name)):
        rows.setdefault(finding.invariant, []).append(finding)
    advice = {invariant.name: invariant.advice for invariant in INVARIANTS}
    return [
        Standing(name, [one.row_name for one in broken], advice.get(name, ""), min(one.since for one in broken))
        for name, broken in sorted(rows.items())
    ]
