"""What all tables share: names of constraints, ids, and the columns of rows that wait for work."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    any_,
    column,
    func,
    literal,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pitturu.domain import clock
from pitturu.domain.retry_policy import RetryPolicy

Moment = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Constraint names follow one scheme, so that migrations can name what they drop.

    `inserted_once_by` names the unique column by which `UnitOfWork.insert` adds a row once, and leaves one that is
    there as it is. Without it a second row is an error.
    """

    inserted_once_by: ClassVar[str | None] = None

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Keyed:
    """A UUID made by the application: it is known before the insert, without a round trip."""

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=func.gen_random_uuid(), sort_order=-1
    )


class Created:
    """A row with the time when it was made."""

    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())


class DueRow(Keyed):
    """A row that waits for work. `due_at` is outbox, lease and retry timer in one; null when nothing waits.

    A claim sets `due_at` to the end of the lease, and that time is the claim's token: a worker that finds another value
    when it commits does not change it, because the work was requested again or claimed by another worker meanwhile.
    """

    __tablename__: Any

    due_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None] = mapped_column(String(500))
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    request_id: Mapped[str | None] = mapped_column(String(64))

    @classmethod
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: no earlier row has to be finished first. A table with an order among its rows overrides this."""
        return true()

    @classmethod
    def due_parts(cls) -> tuple[ColumnElement[bool], ...]:
        """SQL for: each part of the due rows that the index of due rows has in the order of `due_at`. A table whose
        index begins with another column overrides this."""
        return (true(),)

    @classmethod
    def is_backlog(cls) -> ColumnElement[bool]:
        """SQL for: if it is late, our workers are. A table with rows that wait for servers of others overrides this."""
        return true()

    @classmethod
    def died(cls) -> ColumnElement[bool]:
        """SQL for: it ran out of tries, and that is an alert. A table with rows that fail by what strangers typed
        overrides this."""
        return cls.dead_at.is_not(None)

    def make_due(self, request_id: str | None = None) -> None:
        """Make the row due now, with all its tries again, also if it was dead."""
        self.due_at, self.attempts, self.dead_at = clock.now(), 0, None
        self.request_id = request_id or self.request_id

    def done(self, claimed_until: datetime) -> None:
        """The work of this claim is finished; if it was requested again meanwhile, the row stays due."""
        if self.due_at == claimed_until:
            self.due_at = None
        self.attempts, self.last_error, self.dead_at = 0, None, None

    def retry(self, claimed_until: datetime, policy: RetryPolicy, reason: str, *, unlimited: bool = False) -> None:
        """The work of this claim failed: the row is due again as the policy says, or dead after the last try.

        An `unlimited` retry goes on after the last try, but the row is marked as dead for operators to see.
        """
        self.last_error = reason[:500]
        if self.due_at != claimed_until:
            return
        exhausted = policy.exhausted(self.attempts)
        if exhausted:
            self.mark_dead()
        self.due_at = None if exhausted and not unlimited else clock.now() + policy.wait(self.attempts)

    def mark_dead(self) -> None:
        """Mark the row as dead for operators to see; it is still tried."""
        self.dead_at = self.dead_at or clock.now()


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A CHECK with the name of the column, which has one of these constants."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def numbers_of(numbers: Mapping[UUID, int]) -> TableValuedAlias:
    """SQL for: a table of `id` and `number`. It has two parameters for any number of rows, as `any_of` has one."""
    keys, values = literal(list(numbers), ARRAY(Uuid())), literal(list(numbers.values()), ARRAY(Integer()))
    return func.unnest(keys, values).table_valued(column("id", Uuid()), column("number", Integer())).render_derived()


def looked_up(query: Select[Any]) -> ColumnElement[bool]:
    """SQL for: this query, which finds few rows by an index, finds any.

    Postgres runs it for each row, because of its OFFSET. It would join a plain EXISTS, and read all of another table
    for that when more than some hundred rows are wanted.
    """
    return query.offset(0).exists()


def any_of(keys: Iterable[UUID]) -> ColumnElement[Any]:
    """SQL for: one of these keys. It has one parameter for any number of keys, so that the statement can be cached."""
    return any_(literal(list(keys), ARRAY(Uuid())))
