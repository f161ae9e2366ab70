"""Alerts: what each rule has measured, when it was raised and ended, and until when operators muted it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Index, String, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.store.base import Base, Created, Keyed, Moment, one_of
from pitturu.store.paging import newest_first
from pitturu.store.unit_of_work import UnitOfWork

KEPT_FOR: Final = timedelta(days=400)
"""How long ended alerts are kept: a year and a month, to compare a month with that of the year before."""

LONGEST_DETAIL: Final = 500


class Severity(StrEnum):
    """CRITICAL: money, goods or buyers are affected now. WARNING: they will be if nobody looks."""

    CRITICAL = "critical"
    WARNING = "warning"


class Unsent(StrEnum):
    """What people have not been notified of yet."""

    RAISED = "raised"
    ENDED = "ended"


class Alert(Keyed, Created, Base):
    """One time that a rule was broken, from `created_at` to `ended_at`; one a rule is open at most.

    `detail` is what was measured when it was raised. `announced_at` is null until messages were sent about it, which
    muting delays.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("severity", Severity),
        one_of("unsent", Unsent),
        Index("uq_alerts_open", "rule", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_alerts_unsent", "rule", postgresql_where="unsent IS NOT NULL"),
        Index("ix_alerts_created", "created_at", "id"),
    )

    alert_id: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: ids.new("alt"))
    rule: Mapped[str] = mapped_column(String(60))
    severity: Mapped[str] = mapped_column(String(10))
    detail: Mapped[str] = mapped_column(String(LONGEST_DETAIL))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    announced_at: Mapped[datetime | None] = mapped_column(Moment)
    unsent: Mapped[str | None] = mapped_column(String(10))


class AlertState(Base):
    """What a rule measured last: since when it has been broken without a break, or clear."""

    __tablename__ = "alert_states"

    rule: Mapped[str] = mapped_column(String(60), primary_key=True)
    measured_at: Mapped[datetime | None] = mapped_column(Moment)
    detail: Mapped[str] = mapped_column(String(LONGEST_DETAIL), default="", server_default="")
    broken_since: Mapped[datetime | None] = mapped_column(Moment)
    clear_since: Mapped[datetime | None] = mapped_column(Moment)
    muted_until: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def muted(self) -> bool:
        """Whether messages about this rule are held back now."""
        return self.muted_until is not None and self.muted_until > clock.now()


def lock_state(work: UnitOfWork, rule: str) -> AlertState | None:
    """The state of this rule under its row lock; None while another process evaluates it."""
    work.session.execute(insert(AlertState).values(rule=rule).on_conflict_do_nothing())
    query = select(AlertState).where(AlertState.rule == rule).with_for_update(skip_locked=True)
    return work.session.scalar(query.execution_options(populate_existing=True))


def mute(work: UnitOfWork, rule: str, until: datetime | None) -> None:
    """Hold back messages about this rule until then; None lets them go."""
    work.session.execute(insert(AlertState).values(rule=rule).on_conflict_do_nothing())
    work.session.execute(update(AlertState).where(AlertState.rule == rule).values(muted_until=until))


def states() -> Mapping[str, AlertState]:
    """The states by rule; a rule that was never evaluated nor muted has none."""
    query = select(AlertState).execution_options(populate_existing=True)
    return {state.rule: state for state in db.session.scalars(query)}


def last_evaluated() -> datetime | None:
    """When any rule was last measured."""
    return db.session.scalar(select(AlertState.measured_at).order_by(AlertState.measured_at.desc().nulls_last()))


def open_alert(rule: str) -> Alert | None:
    """The open alert of this rule."""
    return db.session.scalar(select(Alert).where(Alert.rule == rule, Alert.ended_at.is_(None)))


def count_open() -> int:
    """How many alerts are open, muted or not."""
    return db.session.scalars(select(func.count()).select_from(Alert).where(Alert.ended_at.is_(None))).one()


def unsent(rule: str) -> Sequence[Alert]:
    """Alerts of this rule that people have to be notified of, oldest first."""
    query = select(Alert).where(Alert.rule == rule, Alert.unsent.is_not(None))
    return db.session.scalars(query.order_by(Alert.created_at)).all()


def page(only_open: bool, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[Alert]:
    """Alerts, newest first, at most `limit`."""
    query = select(Alert).where(Alert.ended_at.is_(None)) if only_open else select(Alert)
    return db.session.scalars(newest_first(query, Alert, before, limit)).all()


def delete_expired() -> None:
    """Delete alerts that ended long ago."""
    db.session.execute(delete(Alert).where(Alert.ended_at <= clock.now() - KEPT_FOR))
