"""Statistics, counted in the database on request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import audit_findings, claims
from pitturu.store.base import DueRow
from pitturu.store.sessions import PaymentSession

MOST: Final = 10_000
"""Rows counted at the most in each case, so that a backlog does not make the statements slow that show it."""


def attention() -> dict[str, int]:
    """What needs an operator, in one statement; MOST means that many or more."""
    return dict(db.session.execute(attention_query()).mappings().one())


def attention_query() -> Select[*tuple[Any, ...]]:
    """One column for each case. Each is counted in a partial index of its table, which holds little."""
    kinds = services().registry.row_kinds
    wanted = {case.counted_as: select(rows.table.id).where(case.condition) for rows in kinds for case in rows.stuck}
    mismatched = PaymentSession.status == SessionStatus.MISMATCHED
    wanted["mismatched_sessions"] = select(PaymentSession.id).where(mismatched)
    return select(*(_counted(some).label(name) for name, some in wanted.items()))


def _counted(some: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(some.limit(MOST).subquery()).scalar_subquery()


def by(column: InstrumentedAttribute[Any], known: Iterable[str]) -> dict[str, int]:
    """The number of rows of each value; values without rows count zero."""
    rows = db.session.execute(select(column, func.count()).group_by(column))
    return dict.fromkeys(map(str, known), 0) | {str(value): count for value, count in rows}


def due() -> dict[str, tuple[int, datetime | None]]:
    """Per table: how many rows are due, at most MOST, and since when the oldest one is."""
    found = {}
    for table in (rows.table for rows in services().registry.row_kinds):
        count, since = db.session.execute(due_query(table)).one()
        found[table.__tablename__] = count, since
    return found


def due_query(table: type[DueRow]) -> Select[int, datetime | None]:
    """The number of due rows of a table, and since when the oldest one is due."""
    oldest = select(table.due_at).where(*claims.ready(table)).order_by(table.due_at).limit(MOST).subquery()
    return select(func.count(), func.min(oldest.c.due_at)).select_from(oldest)


def audits() -> dict[str, Any]:
    """When the invariants were last checked, which are broken since when, and what to do."""
    ended = {run.scope: run.ended_at.isoformat() if run.ended_at else None for run in audit_findings.runs()}
    broken = [{**vars(one), "since": one.since.isoformat()} for one in audit_findings.broken_invariants()]
    return {"ended_at": ended, "violations": broken}
