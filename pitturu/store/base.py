"""What all tables share: naming of constraints, ids, and the columns of a row that has work waiting."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, DateTime, Index, MetaData, String, Uuid, any_, func, literal, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pitturu.domain import clock
from pitturu.domain.retry_policy import RetryPolicy

Moment = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Constraint names follow one scheme, so that migrations can name what they drop."""

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
    """A UUID of our own making: known before the insert, so that no round trip is spent on asking for it."""

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=func.gen_random_uuid(), sort_order=-1
    )


class Due:
    """A row that waits for work. `due_at` is outbox, lease and retry timer in one; null when nothing waits.

    Claiming pushes `due_at` to the end of the lease, and that very moment is the claim's token: whoever finds another
    value there on return knows that somebody asked for more meanwhile, and leaves it alone.
    """

    due_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None] = mapped_column(String(500))
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    request_id: Mapped[str | None] = mapped_column(String(64))

    @classmethod
    def unblocked(cls) -> ColumnElement[bool]:
        """SQL for: no elder row has to be worked on first. A table with an order among its rows overrides this."""
        return true()

    def ask_now(self, request_id: str | None = None) -> None:
        """Somebody wants an answer now, whatever came before: a fresh count of tries, also for a dead row."""
        self.due_at, self.attempts, self.dead_at = clock.now(), 0, None
        self.request_id = request_id or self.request_id

    def done(self, claimed_until: datetime) -> None:
        """The work of this claim is finished; a demand that came in meanwhile stays due."""
        if self.due_at == claimed_until:
            self.due_at = None
        self.attempts, self.last_error, self.dead_at = 0, None, None

    def again(self, claimed_until: datetime, policy: RetryPolicy, words: str, *, for_ever: bool = False) -> None:
        """The work of this claim did not succeed: wait by the curve, or be dead after the last try.

        What asks `for_ever` is marked as dead, for people to see, and goes on asking all the same.
        """
        self.last_error = words[:500]
        if self.due_at != claimed_until:
            return
        exhausted = policy.exhausted(self.attempts)
        if exhausted:
            self.dead_at = self.dead_at or clock.now()
        self.due_at = None if exhausted and not for_ever else clock.now() + policy.wait(self.attempts)

    def needs_a_person(self) -> None:
        """Show this row to people as if its tries had run out; it goes on being tried all the same."""
        self.dead_at = self.dead_at or clock.now()

    def again_at_once(self, claimed_until: datetime) -> None:
        """One step is done and the next one can follow now."""
        if self.due_at == claimed_until:
            self.due_at = clock.now()


class DueRow(Keyed, Due):
    """What a table of work has: a key, and the columns of a row that waits."""

    __tablename__: Any


def one_of(column: str, words: Iterable[str]) -> str:
    """SQL for a CHECK: the column has one of these words of our own."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def for_operators(table: str) -> Index:
    """Dead rows are few and looked for often: they have a small index of their own."""
    return Index(f"ix_{table}_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL"))


def any_of(keys: Iterable[UUID]) -> ColumnElement[Any]:
    """SQL for: one of these keys. One parameter however many they are, so that the statement stays the same."""
    return any_(literal(list(keys), ARRAY(Uuid())))


def lease_end(lease: timedelta) -> datetime:
    """When a claim made now runs out."""
    return clock.now() + lease
