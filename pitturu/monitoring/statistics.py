"""Statistics, counted in the database on request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, or_, select, true

from pitturu.domain.cancellation import UNDECIDED, CancelStage
from pitturu.domain.lifecycle import SessionStatus
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import audit_findings, claims, dead_letters, webhooks
from pitturu.store.base import DueRow
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

MOST: Final = 10_000
"""Rows counted at the most in each case, so that a backlog does not make the statements slow that show it."""

_ALL: Final = true()
"""SQL for: whatever is due is a backlog."""


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
    decided = _constants(set(CancelStage) - UNDECIDED)
    query = select(Cancellation.stage, func.count()).where(Cancellation.stage.not_in(decided))
    rows = db.session.execute(query.group_by(Cancellation.stage))
    return dict.fromkeys(map(str, sorted(UNDECIDED)), 0) | dict(rows.all())


def unfinished_webhooks() -> dict[str, int]:
    """How many deliveries are pending, and how many are kept of orders that are unknown, or of no payment."""
    unknown = _constants(webhooks.UNKNOWN_STATES)
    conditions = WebhookDelivery.due_at.is_not(None), WebhookDelivery.dead_at.is_not(None)
    query = select(WebhookDelivery.state, func.count()).where(or_(*conditions, WebhookDelivery.state.in_(unknown)))
    rows = db.session.execute(query.group_by(WebhookDelivery.state))
    return dict.fromkeys(map(str, DeliveryState), 0) | dict(rows.all())


def _constants(values: Iterable[str]) -> BindParameter[Any]:
    """SQL for: these values, in the text of the statement, so that Postgres sees which partial index has their rows."""
    return bindparam(None, sorted(values), expanding=True, literal_execute=True)


def due() -> dict[str, tuple[int, datetime | None]]:
    """Per table: how many rows are due, at most MOST, and since when the oldest one is of those that are a backlog."""
    found = {}
    for table in (rows.table for rows in services().registry.row_kinds):
        count, since = db.session.execute(due_query(table, backlog=table.is_backlog())).one()
        found[table.__tablename__] = count, since
    return found


def due_query(
    table: type[DueRow], *conditions: ColumnElement[bool], backlog: ColumnElement[bool] = _ALL
) -> Select[int, datetime | None]:
    """The number of due rows of a table, and since when the oldest one is due of those that are a backlog."""
    ready = *claims.ready(table), *conditions
    columns = table.due_at, backlog.label("backlog")
    oldest = select(*columns).where(*ready).order_by(table.due_at).limit(MOST).subquery()
    return select(func.count(), func.min(oldest.c.due_at).filter(oldest.c.backlog)).select_from(oldest)


def audits() -> dict[str, Any]:
    """When the invariants were last checked, which are broken since when, and what to do."""
    ended = {run.scope: run.ended_at.isoformat() if run.ended_at else None for run in audit_findings.runs()}
    broken = [{**vars(one), "since": one.since.isoformat()} for one in audit_findings.broken_invariants()]
    return {"ended_at": ended, "violations": broken}
