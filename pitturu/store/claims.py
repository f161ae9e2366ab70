"""Claims due rows for a worker, so that no other worker claims them until the lease ends."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Update, func, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import autocommit
from pitturu.store.base import DueRow, any_of
from pitturu.store.unit_of_work import UnitOfWork

Row = TypeVar("Row", bound=DueRow)


def claim(
    work: UnitOfWork,
    table: type[Row],
    limit: int,
    lease: timedelta,
    *conditions: ColumnElement[bool],
    order: Sequence[InstrumentedAttribute[Any]] = (),
) -> Sequence[Row]:
    """Claim up to `limit` due rows until `now + lease`, the longest waiting first, skipping locked rows.

    `order` replaces that order, so that another index can serve it.

    One statement locks the rows, sets the lease and counts the try. The rows have the end of the
    lease in `due_at`.
    """
    return work.session.scalars(_claiming(table, limit, lease, conditions, order).returning(table)).all()


def claim_columns(
    work: UnitOfWork,
    table: type[Row],
    columns: Sequence[InstrumentedAttribute[Any]],
    limit: int,
    lease: timedelta,
    *conditions: ColumnElement[bool],
) -> Sequence[Any]:
    """The same, but returns only these columns of each row."""
    return work.session.execute(_claiming(table, limit, lease, conditions).returning(*columns)).all()


def claim_alone(
    table: type[Row],
    columns: Sequence[InstrumentedAttribute[Any]],
    limit: int,
    lease: timedelta,
    *conditions: ColumnElement[bool],
) -> Sequence[Any]:
    """The same in a transaction of its own: one round trip to the database instead of three.

    When the connection dies, a first claim may have been committed. Its rows are due again when their lease ends, as
    after the death of a worker.
    """
    return autocommit.rows(_claiming(table, limit, lease, conditions).returning(*columns), {})


def finish(work: UnitOfWork, table: type[DueRow], keys: Collection[UUID]) -> None:
    """`DueRow.done` for many rows in one statement. The caller holds their locks and has found that the lease is its
    own; none of them was loaded as an object."""
    done = update(table).where(table.id == any_of(keys))
    values = {"due_at": None, "attempts": 0, "last_error": None, "dead_at": None}
    work.session.execute(done.values(**values).execution_options(synchronize_session=False))


def _claiming(
    table: type[Row],
    limit: int,
    lease: timedelta,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[InstrumentedAttribute[Any]] = (),
) -> Update:
    picked = (
        select(table.id)
        .where(*ready(table), *conditions)
        .order_by(*(order or (table.due_at,)))
        .limit(limit)
        .with_for_update(skip_locked=True, of=table)
        .cte("picked")
    )
    return (
        update(table)
        .where(table.id.in_(select(picked.c.id)))
        .values(due_at=clock.now() + lease, attempts=table.attempts + 1)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def ready(table: type[DueRow]) -> tuple[ColumnElement[bool], ...]:
    """SQL for: a worker may claim this row now. A row that waits for an earlier row is due, but not ready."""
    return table.due_at <= clock.now(), table.unblocked()


def due_count(table: type[DueRow], at_most: int, *conditions: ColumnElement[bool]) -> int:
    """How many rows a worker may claim now, counted up to `at_most`."""
    return db.session.scalar(select(func.count()).select_from(first_due(table, at_most, *conditions).subquery())) or 0


def oldest_due(table: type[DueRow]) -> datetime | None:
    """Since when the longest waiting row that a worker may claim is due, of those that are a backlog."""
    return db.session.scalar(oldest_backlog(table))


def first_due(table: type[DueRow], at_most: int, *conditions: ColumnElement[bool]) -> Select[datetime | None]:
    """SQL for: since when the rows are due that a worker may claim now, the longest waiting first.

    The order makes Postgres read the index of due rows, also for a count. Without it, it may read the table, and assume
    that due rows are everywhere in it; they are at its end.
    """
    return select(table.due_at).where(*ready(table), *conditions).order_by(table.due_at).limit(at_most)


def oldest_backlog(table: type[DueRow]) -> Select[datetime | None]:
    """SQL for: `oldest_due`."""
    each = [first_due(table, 1, table.is_backlog(), part) for part in table.due_parts()]
    return select(func.min(union_all(*each).subquery().c.due_at))
