"""Statistics, counted in the database on request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import audit_findings, claims
from pitturu.store.sessions import PaymentSession


def attention() -> dict[str, int]:
    """What needs an operator, in one statement."""
    wanted = {case.counted_as: case.condition for rows in services().registry.row_kinds for case in rows.stuck}
    wanted["mismatched_sessions"] = PaymentSession.status == SessionStatus.MISMATCHED
    counts = [select(func.count()).where(case).scalar_subquery().label(name) for name, case in wanted.items()]
    return dict(db.session.execute(select(*counts)).mappings().one())


def by(column: InstrumentedAttribute[Any], known: Iterable[str]) -> dict[str, int]:
    """The number of rows of each value; values without rows count zero."""
    rows = db.session.execute(select(column, func.count()).group_by(column))
    return dict.fromkeys(map(str, known), 0) | {str(value): count for value, count in rows}


def due() -> dict[str, tuple[int, datetime | None]]:
    """Per table: how many rows are due, and since when the oldest one is."""
    found = {}
    for table in (rows.table for rows in services().registry.row_kinds):
        waiting = select(func.count(), func.min(table.due_at)).where(*claims.ready(table))
        count, since = db.session.execute(waiting).one()
        found[table.__tablename__] = count, since
    return found


def audits() -> dict[str, Any]:
    """When the invariants were last checked, which are broken since when, and what to do."""
    ended = {run.scope: run.ended_at.isoformat() if run.ended_at else None for run in audit_findings.runs()}
    broken = [{**vars(one), "since": one.since.isoformat()} for one in audit_findings.broken_invariants()]
    return {"ended_at": ended, "violations": broken}
