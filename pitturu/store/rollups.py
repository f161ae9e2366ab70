"""Rollups: what happened in each hour, counted from lines that are only added (`pitturu.reporting`)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Row, Select, SmallInteger, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.extensions import db
from pitturu.store.base import Base, Moment
from pitturu.store.transaction_ids import Xid8
from pitturu.store.unit_of_work import UnitOfWork


class Measure(StrEnum):
    """What is counted. `label` says which of them; `sum` is of won or of milliseconds.

    TRANSITION: changes of status, label `from>to`, from is empty for a new session.
    RECEIVED, REFUNDED: movements of money, sum in won.
    DECLINED: payments that failed, label DeclineReason.
    TIME_TO_PAID: from the last verify to paid, label the number of the bucket, sum in milliseconds.
    WEBHOOK: closed deliveries, label `kind:outcome`.
    WEBHOOK_LAG: from receipt to closing, label the number of the bucket, sum in milliseconds.
    """

    TRANSITION = "transition"
    RECEIVED = "received"
    REFUNDED = "refunded"
    DECLINED = "declined"
    TIME_TO_PAID = "time_to_paid"
    WEBHOOK = "webhook"
    WEBHOOK_LAG = "webhook_lag"


class Counted:
    """The columns of both tables. A dimension that is not known is ''."""

    measure: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(100), primary_key=True)
    generation: Mapped[str] = mapped_column(String(10), primary_key=True)
    pay_method: Mapped[str] = mapped_column(String(50), primary_key=True)
    pg_provider: Mapped[str] = mapped_column(String(50), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    sum: Mapped[int] = mapped_column(BigInteger)


class HourlyRollup(Counted, Base):
    """One hour's count of one measure. `hour` is its beginning."""

    __tablename__ = "hourly_rollups"
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True, sort_order=-1)


class RollupTotal(Counted, Base):
    """The sum over all hours, so that reading it costs the same after years."""

    __tablename__ = "rollup_totals"


class RollupProgress(Base):
    """One row: which lines are counted. Those up to `base_line` and `base_outcome`, and those that were written by
    transactions before `counted_below`, as of `counted_at`.

    `stale` says that the rollups have to be counted anew. Lines about webhooks before `outcomes_since` are deleted.
    """

    __tablename__ = "rollup_progress"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    base_line: Mapped[int] = mapped_column(BigInteger)
    base_outcome: Mapped[int] = mapped_column(BigInteger)
    counted_below: Mapped[str] = mapped_column(Xid8)
    counted_at: Mapped[datetime | None] = mapped_column(Moment)
    outcomes_since: Mapped[datetime | None] = mapped_column(Moment)
    stale: Mapped[bool]


DIMENSIONS: Final = ("measure", "label", "generation", "pay_method", "pg_provider")


@dataclass(frozen=True)
class Span:
    """The hours that begin in [`since`, `until`)."""

    since: datetime
    until: datetime


def lock_progress(work: UnitOfWork) -> RollupProgress:
    """The row, locked."""
    found: RollupProgress = work.session.scalars(_locking(work, skip_locked=False)).one()
    return found


def lock_progress_if_free(work: UnitOfWork) -> RollupProgress | None:
    """The row, locked; None if somebody else has locked it."""
    found: RollupProgress | None = work.session.scalar(_locking(work, skip_locked=True))
    return found


def _locking(work: UnitOfWork, *, skip_locked: bool) -> Select[Any]:
    first = {"id": 1, "base_line": 0, "base_outcome": 0, "counted_below": "0", "stale": True}
    work.session.execute(insert(RollupProgress).values(first).on_conflict_do_nothing())
    return select(RollupProgress).with_for_update(skip_locked=skip_locked).execution_options(populate_existing=True)


def progress() -> RollupProgress | None:
    """The row as it is now; None before the first count."""
    return db.session.scalar(select(RollupProgress))


def totals(measures: Collection[Measure]) -> Sequence[RollupTotal]:
    """The totals of these measures."""
    return db.session.scalars(select(RollupTotal).where(RollupTotal.measure.in_(measures))).all()


def by_period(span: Span, unit: str, zone: str) -> Sequence[Row[Any]]:
    """Rows of (period, measure, label, generation, pay_method, pg_provider, count, sum), in the order of the periods.

    `period` is the beginning of the hour, day or month (`unit`) in the time zone `zone`.
    """
    period = func.date_trunc(unit, HourlyRollup.hour, zone).label("period")
    dimensions = [getattr(HourlyRollup, name) for name in DIMENSIONS]
    counted = func.sum(HourlyRollup.count).label("count"), func.sum(HourlyRollup.sum).label("sum")
    within = HourlyRollup.hour >= span.since, HourlyRollup.hour < span.until
    query = select(period, *dimensions, *counted).where(*within).group_by(period, *dimensions).order_by(period)
    return list(db.session.execute(query))
