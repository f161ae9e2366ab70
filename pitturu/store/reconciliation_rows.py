"""Questions about comparisons and their findings: what is kept, listed, looked up, and forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from pitturu.domain import clock
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.cause import Origin
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.reconciliations import Finding, FindingState, Kind, ReconciliationRun, Scope, Sighting
from pitturu.store.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(days=400)
"""An accountant looks back a year. Refunds of unknown payments are kept permanently: none may be repeated."""

HOURS_KEPT_FOR: Final = timedelta(days=31)
"""Hourly checks of webhooks are many, and useful only while the cause of a lost one is being looked for."""


def lock(work: UnitOfWork, key: UUID) -> ReconciliationRun:
    """One comparison under its row lock, fresh from the database."""
    (row,) = work.lock(select(ReconciliationRun).where(ReconciliationRun.id == key))
    return row


def by_public_id(comparison_id: str) -> ReconciliationRun | None:
    """A comparison by its public name, as it is now."""
    query = select(ReconciliationRun).where(ReconciliationRun.comparison_id == comparison_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def unfinished(
    work: UnitOfWork, scope: Scope, since: datetime, until: datetime, heal: bool
) -> ReconciliationRun | None:
    """The comparison of exactly this window that has not ended, locked."""
    query = select(ReconciliationRun).where(
        ReconciliationRun.scope == scope,
        ReconciliationRun.since == since,
        ReconciliationRun.until == until,
        ReconciliationRun.heal == heal,
        ReconciliationRun.ended_at.is_(None),
    )
    return next(iter(work.lock(query.order_by(ReconciliationRun.number.desc()).limit(1))), None)


def keep_once(work: UnitOfWork, values: dict[str, object]) -> bool:
    """Begin a scheduled comparison; False when it was begun before."""
    row = insert(ReconciliationRun).values(id=uuid4(), **values)
    once = row.on_conflict_do_nothing(
        index_elements=["scope", "until"], index_where=ReconciliationRun.asked_by == "schedule"
    ).returning(ReconciliationRun.id)
    return work.session.scalar(once) is not None


def page(scope: Scope | None, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[ReconciliationRun]:
    """Comparisons, newest first."""
    query = select(ReconciliationRun)
    if scope is not None:
        query = query.where(ReconciliationRun.scope == scope)
    if before is not None:
        query = query.where(tuple_(ReconciliationRun.created_at, ReconciliationRun.id) < before)
    return db.session.scalars(
        query.order_by(ReconciliationRun.created_at.desc(), ReconciliationRun.id.desc()).limit(limit)
    ).all()


def last_ended(scope: Scope) -> ReconciliationRun | None:
    """The comparison of this scope that ended last."""
    query = select(ReconciliationRun).where(ReconciliationRun.scope == scope, ReconciliationRun.ended_at.is_not(None))
    return db.session.scalar(query.order_by(ReconciliationRun.ended_at.desc()).limit(1))


def missing_webhooks(hours: int) -> int:
    """How many webhooks the last hourly comparisons missed, together."""
    ended = select(ReconciliationRun.counts).where(
        ReconciliationRun.scope == Scope.WEBHOOKS, ReconciliationRun.ended_at.is_not(None)
    )
    last = db.session.scalars(ended.order_by(ReconciliationRun.until.desc()).limit(hours))
    return sum(counts.get(Kind.WEBHOOK_MISSING, 0) for counts in last)


def add_finding(work: UnitOfWork, values: dict[str, Any]) -> Finding | None:
    """Write a finding down; None when this comparison has it already."""
    row = insert(Finding).values(id=uuid4(), **values)
    once = row.on_conflict_do_nothing(index_elements=["comparison_key", "kind", "provider_id", "what"])
    return work.session.scalar(once.returning(Finding))


def in_state(state: FindingState | None) -> tuple[ColumnElement[bool], ...]:
    """SQL for: findings of this state; all without one."""
    return () if state is None else (Finding.state == state,)


def findings(key: UUID, after: int, limit: int, *conditions: ColumnElement[bool]) -> Sequence[Finding]:
    """Findings in the order in which they were found, after number `after`."""
    query = select(Finding).where(Finding.comparison_key == key, Finding.number > after, *conditions)
    fresh = query.order_by(Finding.number).limit(limit).execution_options(populate_existing=True)
    return db.session.scalars(fresh).all()


def by_state(keys: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many findings of each state these comparisons have."""
    query = select(Finding.comparison_key, Finding.state, func.count().label("found"))
    counted = query.where(Finding.comparison_key.in_(keys)).group_by(Finding.comparison_key, Finding.state)
    found = {key: dict.fromkeys(map(str, FindingState), 0) for key in keys}
    for row in db.session.execute(counted):
        found[row.comparison_key][row.state] = row.found
    return found


def asked(key: UUID, after: int, limit: int) -> Sequence[Finding]:
    """Findings whose session was made due and has not been verified yet."""
    return findings(key, after, limit, Finding.state == FindingState.ASKED, Finding.cancellation_key.is_(None))


def unhealed(key: UUID) -> dict[str, int]:
    """How many findings of each kind do not agree with PortOne yet."""
    differs = Finding.comparison_key == key, Finding.state != FindingState.HEALED
    query = select(Finding.kind, func.count().label("found")).where(*differs).group_by(Finding.kind)
    return dict.fromkeys(map(str, Kind), 0) | {row.kind: row.found for row in db.session.execute(query)}


def refund_of(provider_id: str) -> Cancellation | None:
    """The refund of this unknown payment, begun by whichever comparison found it first."""
    unknown = select(Cancellation).join(Payment, Payment.id == Cancellation.payment_key)
    automatic = Payment.imp_uid == provider_id, Payment.session_key.is_(None), Cancellation.origin == Origin.SYSTEM
    return db.session.scalar(unknown.where(*automatic))


def refunds_begun(key: UUID) -> int:
    """How many unknown payments this comparison refunds."""
    query = select(func.count()).where(Finding.comparison_key == key, Finding.cancellation_key.is_not(None))
    return db.session.scalars(query.select_from(Finding)).one()


def refunds_under_way(key: UUID) -> bool:
    """Whether something that this comparison refunds is neither executed nor refused, nor out of tries."""
    refunds = select(Finding.id).join(Cancellation, Cancellation.id == Finding.cancellation_key)
    working = Finding.comparison_key == key, Cancellation.undecided(), Cancellation.due_at.is_not(None)
    return db.session.scalar(refunds.where(*working).limit(1)) is not None


def settle_refund(refund: Cancellation) -> None:
    """The refund of an unknown payment is decided: its finding agrees with PortOne now, or is for a person."""
    executed = refund.stage == CancelStage.SUCCEEDED
    values = {"state": FindingState.HEALED if executed else FindingState.OPEN, "settled_at": clock.now()}
    words = "All of it was refunded." if executed else f"It was not refunded: {refund.refusal}"
    found = update(Finding).where(Finding.cancellation_key == refund.id)
    db.session.execute(found.values(**values, words=words[:500]))


def sight(work: UnitOfWork, key: UUID, provider_ids: Collection[str]) -> int:
    """Note that PortOne listed these; how many of them it had not listed before."""
    rows = [{"comparison_key": key, "provider_id": name} for name in provider_ids]
    if not rows:
        return 0
    fresh = insert(Sighting).values(rows).on_conflict_do_nothing().returning(Sighting.provider_id)
    return len(work.session.scalars(fresh).all())


def sighted(key: UUID, provider_ids: Collection[str]) -> set[str]:
    """Which of these PortOne has listed."""
    query = select(Sighting.provider_id).where(Sighting.comparison_key == key)
    return set(db.session.scalars(query.where(Sighting.provider_id.in_(provider_ids))))


def delete_sightings(work: UnitOfWork, key: UUID) -> None:
    """The comparison is over: what was listed is of no interest any more."""
    work.session.execute(delete(Sighting).where(Sighting.comparison_key == key))


def delete_expired() -> None:
    """Delete comparisons that are older than they are kept."""
    now = clock.now()
    hours = (ReconciliationRun.scope == Scope.WEBHOOKS) & (ReconciliationRun.ended_at <= now - HOURS_KEPT_FOR)
    promises = select(Finding.comparison_key).where(Finding.cancellation_key.is_not(None))
    old = ((ReconciliationRun.ended_at <= now - KEPT_FOR) | hours) & ReconciliationRun.id.not_in(promises)
    keys = select(ReconciliationRun.id).where(old)
    db.session.execute(delete(Finding).where(Finding.comparison_key.in_(keys)))
    db.session.execute(delete(ReconciliationRun).where(old))
