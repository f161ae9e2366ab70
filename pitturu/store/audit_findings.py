"""The violations found by the last audits, and since when, so that they can be read without a new audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.audit import Violation
from pitturu.store.base import Base, Moment, one_of
from pitturu.store.invariants import INVARIANTS, Scope, checked
from pitturu.store.unit_of_work import UnitOfWork

GIVEN_UP_AFTER: Final = timedelta(minutes=30)
"""An audit that has begun and not ended for this long died with its worker; another one may begin then."""


class AuditFinding(Base):
    """A row that breaks an invariant, since `since`, as of the last audit."""

    __tablename__ = "audit_findings"

    invariant: Mapped[str] = mapped_column(String(60), primary_key=True)
    row_name: Mapped[str] = mapped_column(String(255), primary_key=True)
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    since: Mapped[datetime] = mapped_column(Moment)


class AuditRun(Base):
    """The last audit of each scope. `last_line` is the newest line of the timeline that it checked."""

    __tablename__ = "audit_runs"
    __table_args__ = (one_of("scope", Scope),)

    scope: Mapped[str] = mapped_column(String(10), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_line: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


@dataclass(frozen=True)
class BrokenInvariant:
    """An invariant that is broken as of the last audit: its rows, and since when the oldest of them breaks it."""

    invariant: str
    rows: list[str]
    advice: str
    since: datetime


def begin(work: UnitOfWork, scope: Scope, at_most_every: timedelta) -> bool:
    """Begin an audit of this scope, unless one began within that time and did not die. One of many callers succeeds."""
    now = clock.now()
    row = insert(AuditRun).values(scope=scope, started_at=now, last_line=0)
    old = AuditRun.started_at <= now - at_most_every
    unfinished = or_(AuditRun.ended_at.is_(None), AuditRun.ended_at < AuditRun.started_at)
    given_up = and_(unfinished, AuditRun.started_at <= now - GIVEN_UP_AFTER)
    taken = row.on_conflict_do_update(index_elements=["scope"], set_={"started_at": now}, where=or_(old, given_up))
    return work.session.scalar(taken.returning(AuditRun.scope)) is not None


def last_checked_line() -> int:
    """The newest line of the timeline that a finished audit has checked."""
    return db.session.scalar(select(func.max(AuditRun.last_line))) or 0


def runs() -> Sequence[AuditRun]:
    """The last audit of each scope."""
    return db.session.scalars(select(AuditRun).order_by(AuditRun.scope)).all()


def save(work: UnitOfWork, scope: Scope, found: Sequence[Violation], last_line: int) -> list[Violation]:
    """Save what an audit of this scope found, and delete what holds again. Returns invariants with new rows."""
    now = clock.now()
    ended = {"ended_at": now, "last_line": func.greatest(AuditRun.last_line, last_line)}
    work.session.execute(update(AuditRun).where(AuditRun.scope == scope).values(ended))
    names = [invariant.name for invariant in checked(scope)]
    before = work.session.scalars(select(AuditFinding).where(AuditFinding.invariant.in_(names)))
    known = {(one.invariant, one.row_name) for one in before}
    current = {
        (one.invariant, name): key for one in found for name, key in zip(one.rows, one.session_keys, strict=True)
    }
    for invariant, name in known - current.keys():
        resolved = AuditFinding.invariant == invariant, AuditFinding.row_name == name
        work.session.execute(delete(AuditFinding).where(*resolved))
    for (invariant, name), key in current.items():
        row = insert(AuditFinding).values(invariant=invariant, row_name=name, session_key=key, since=now)
        work.session.execute(row.on_conflict_do_nothing())
    new = {invariant for invariant, _ in current.keys() - known}
    return [one for one in found if one.invariant in new]


def broken_invariants() -> list[BrokenInvariant]:
    """Every invariant that is broken as of the last audit."""
    rows: dict[str, list[AuditFinding]] = {}
    for finding in db.session.scalars(select(AuditFinding).order_by(AuditFinding.row_name)):
        rows.setdefault(finding.invariant, []).append(finding)
    advice = {invariant.name: invariant.advice for invariant in INVARIANTS}
    return [
        BrokenInvariant(name, [one.row_name for one in broken], advice.get(name, ""), min(one.since for one in broken))
        for name, broken in sorted(rows.items())
    ]
