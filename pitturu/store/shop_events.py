"""Events for the shop's own systems, each written in the transaction that makes it true.

`number` is given before the transaction commits, so a reader who goes on after the highest number misses events that
commit late. Readers go on in the order of (transaction_id, number), and only below the oldest transaction in progress.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, cast, delete, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.store import paging
from pitturu.store.base import Base, Created, DueRow
from pitturu.store.paging import made_between, newest_first
from pitturu.store.transaction_ids import CURRENT, OLDEST_IN_PROGRESS, Xid8

KEPT_FOR: Final = timedelta(days=90)
"""How long events can be read and replayed: as long as messages, which is a quarter's books."""


class Cursor(NamedTuple):
    """The place of an event in the order of readers."""

    transaction_id: int
    number: int


class ShopEvent(DueRow, Created, Base):
    """`sequence` counts the events of a session: 1, 2, 3 without gaps; null with `session_key`, for what concerns no
    order of ours. `data` is what receivers get, without personal data.

    It is due until messages to all endpoints were made of it. `type` has no CHECK, so that a new type needs no
    migration.
    """

    __tablename__ = "shop_events"
    __table_args__ = (
        CheckConstraint("(session_key IS NULL) = (sequence IS NULL)", name="sequence"),
        Index("uq_shop_events_sequence", "session_key", "sequence", unique=True),
        Index("ix_shop_events_order", "transaction_id", "number"),
        Index("ix_shop_events_created", "created_at"),
        Index("ix_shop_events_due", "due_at", postgresql_where="due_at IS NOT NULL"),
        Index("ix_shop_events_dead", "dead_at", postgresql_where="dead_at IS NOT NULL"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: ids.new("evt"))
    transaction_id: Mapped[str] = mapped_column(Xid8, server_default=CURRENT)
    type: Mapped[str] = mapped_column(String(40))
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    sequence: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)

    @property
    def cursor(self) -> Cursor:
        """Its place in the order of readers."""
        return Cursor(int(self.transaction_id), self.number)

    @property
    def payload(self) -> dict[str, Any]:
        """What receivers get."""
        return {
            "type": self.type,
            "id": self.event_id,
            "created_at": self.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "sequence": self.sequence,
            "data": self.data,
        }


def page(after: Cursor, types: Collection[str], limit: int) -> Sequence[ShopEvent]:
    """Events after a cursor, at most `limit`, of these types; of all types if there are none.

    Events of transactions below the oldest one in progress: all of these are visible, or never will be. So no event
    ever appears before a cursor that was given out.
    """
    query = select(ShopEvent).where(ShopEvent.transaction_id < OLDEST_IN_PROGRESS)
    place = tuple_(cast(str(after.transaction_id), Xid8), cast(after.number, BigInteger))
    query = query.where(tuple_(ShopEvent.transaction_id, ShopEvent.number) > place)
    if types:
        query = query.where(ShopEvent.type.in_(types))
    ordered = query.order_by(ShopEvent.transaction_id, ShopEvent.number).limit(limit)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def recent(
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[ShopEvent]:
    """Events of a type that happened from `since` on and before `until`, newest first, at most `limit`; None: all."""
    query = made_between(select(ShopEvent), ShopEvent, since, until)
    if kind is not None:
        query = query.where(ShopEvent.type == kind)
    return db.session.scalars(newest_first(query, ShopEvent, before, limit)).all()


def end() -> Cursor:
    """The cursor after which only events come that are committed from now on, and some that are being committed.

    In one snapshot, `page` shows no event beyond it.
    """
    oldest = db.session.scalars(select(OLDEST_IN_PROGRESS)).one()
    return Cursor(int(oldest) - 1, 2**63 - 1)


def by_public_id(event_id: str) -> ShopEvent | None:
    """One event by its public id."""
    return db.session.scalar(select(ShopEvent).where(ShopEvent.event_id == event_id))


def of_session(session_key: UUID) -> Sequence[ShopEvent]:
    """The events of a session, in their sequence."""
    return db.session.scalars(
        select(ShopEvent).where(ShopEvent.session_key == session_key).order_by(ShopEvent.sequence)
    ).all()


def newest(session_key: UUID, limit: int) -> tuple[Sequence[ShopEvent], int]:
    """The last events of a session, at most `limit`, newest first; and how many there are."""
    query = select(ShopEvent).where(ShopEvent.session_key == session_key)
    found = db.session.scalars(query.order_by(ShopEvent.sequence.desc()).limit(limit)).all()
    return found, paging.total(query.with_only_columns(ShopEvent.id))


def oldest_kept() -> datetime:
    """Events before this are deleted, or will be soon."""
    return clock.now() - KEPT_FOR


def delete_expired() -> None:
    """Delete events that are older than they are kept, unless messages are still to be made of them."""
    db.session.execute(delete(ShopEvent).where(ShopEvent.created_at <= oldest_kept(), ShopEvent.due_at.is_(None)))
