"""Statistics, counted in the database on request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, Select, bindparam, func, literal, select, union_all

from pitturu.domain.cancellation import UNDECIDED, CancelStage
from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.payments.handlers import AnyJobHandler
from pitturu.services import services
from pitturu.store import audit_findings, claims, dead_letters, webhooks
from pitturu.store.base import DueRow
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

MOST: Final = 10_000
"""Rows counted at the most in each case, so that a backlog does not make the statements slow that show it."""

MOST_DUE: Final = 1_000
"""Fewer of what workers have not worked on yet: that many may wait at any time, and how long they wait is measured by
the oldest one."""


def attention() -> dict[str, int]:
    """What needs an operator, in one statement; MOST means that many or more."""
    return dict(db.session.execute(attention_query()).mappings().one())


def attention_query() -> Select[*tuple[Any, ...]]:
    """One column for each case. Each is counted in a partial index of its table, which holds little."""
    kinds = services().registry.row_kinds
    wanted = {case.counted_as: dead_letters.waiting(rows, case) for rows in kinds for case in rows.stuck}
    mismatched = PaymentSession.status == SessionStatus.MISMATCHED
    wanted["mismatched_sessions"] = select(PaymentSession.id).where(mismatched)
    return dead_letters.counting(wanted, MOST)


def undecided_cancellations() -> dict[str, int]:
    """How many cancels are in each stage that is not the last one."""
    decided = (_constant(stage) for stage in sorted(set(CancelStage) - UNDECIDED))
    query = select(Cancellation.stage, func.count()).where(Cancellation.stage.not_in(decided))
    rows = db.session.execute(query.group_by(Cancellation.stage))
    return dict.fromkeys(map(str, sorted(UNDECIDED)), 0) | dict(rows.all())


def unfinished_webhooks() -> dict[str, int]:
    """How many deliveries are pending, and how many are kept of orders that are unknown, or of no payment."""
    return dict(db.session.execute(unfinished_query()).mappings().one())


def unfinished_query() -> Select[*tuple[Any, ...]]:
    """One column for each state, counted in the partial index of its rows, in the order of that index."""
    counted = select(WebhookDelivery.id).order_by(WebhookDelivery.received_at)
    states = DeliveryState.PENDING, *webhooks.UNKNOWN_STATES
    wanted = {str(one): counted.where(WebhookDelivery.state == _constant(one)) for one in states}
    return dead_letters.counting(wanted, MOST_DUE)


def _constant(value: str) -> BindParameter[str]:
    """SQL for: this value, in the text of the statement, so that Postgres sees which partial index has its rows."""
    return bindparam(None, str(value), literal_execute=True)


def due() -> dict[str, tuple[int, datetime | None]]:
    """Per table: how many rows are due, at most MOST_DUE, and since when the oldest one is of those that are a
    backlog. One statement."""
    each = [_due_of(rows.table) for rows in services().registry.row_kinds]
    return {table: (count, since) for table, count, since in db.session.execute(union_all(*each))}


def _due_of(table: type[DueRow]) -> Select[str, int, datetime | None]:
    parts = (claims.first_due(table, MOST_DUE, part) for part in table.due_parts())
    count = func.least(func.count(), MOST_DUE)
    oldest = claims.oldest_backlog(table).scalar_subquery()
    return select(literal(table.__tablename__), count, oldest).select_from(union_all(*parts).subquery())


def due_by_job(jobs: Sequence[AnyJobHandler]) -> dict[str, tuple[int, datetime | None]]:
    """The same per kind of work, with the oldest one of all that are due."""
    each = []
    for job in jobs:
        some = claims.first_due(job.rows.table, MOST_DUE, *job.due_rows).subquery()
        each.append(select(literal(str(job.name)), func.count(), func.min(some.c.due_at)))
    return {job: (count, since) for job, count, since in db.session.execute(union_all(*each))}


def audits() -> dict[str, Any]:
    """When the invariants were last checked, which are broken since when, and what to do."""
    ended = {run.scope: run.ended_at.isoformat() if run.ended_at else None for run in audit_findings.runs()}
    broken = [{**vars(one), "since": one.since.isoformat()} for one in audit_findings.broken_invariants()]
    return {"ended_at": ended, "violations": broken}
