"""The timeline: one line for each change of status and each movement of money. Lines are added, never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Index, String, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from pitturu.domain import clock
from pitturu.domain.cause import CauseKind, EventKind, Origin
from pitturu.extensions import db
from pitturu.store import paging
from pitturu.store.base import Base, Moment, one_of
from pitturu.store.transaction_ids import CURRENT, Xid8
from pitturu.store.users import User


class PaymentEvent(Base):
    """`amount` is signed, in won: what the shop received (+) or refunded (-) with this line; 0 if no money moved.

    Lines are never changed, so they name no users: those of a buyer are the order's, others refer to `user_key`, whose
    name may be replaced. `name` is of somebody at a terminal. `actor` is for the previous release.

    `generation`, `pay_method` and `pg_provider` are those of the order at that time, and `decline_reason` is of a
    change to failed, so that rollups need no other table, whose rows may change.
    """

    __tablename__ = "payment_events"
    __table_args__ = (
        one_of("kind", EventKind),
        one_of("cause", CauseKind),
        one_of("origin", Origin),
        Index("ix_payment_events_session", "session_key", "id"),
        Index("ix_payment_events_transaction", "transaction_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[str | None] = mapped_column(Xid8, server_default=CURRENT)
    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"))
    payment_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_history.id"))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())
    kind: Mapped[str] = mapped_column(String(30))
    from_status: Mapped[str | None] = mapped_column(String(50))
    to_status: Mapped[str | None] = mapped_column(String(50))
    amount: Mapped[int] = mapped_column(default=0, server_default="0")
    cause: Mapped[str] = mapped_column(String(30))
    origin: Mapped[str] = mapped_column(String(10))
    user_key: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str | None] = mapped_column(String(255))
    actor: Mapped[str] = mapped_column(String(255), Computed("coalesce(name, origin)", persisted=True), deferred=True)
    provider_status: Mapped[str | None] = mapped_column(String(50))
    generation: Mapped[str | None] = mapped_column(String(10))
    pay_method: Mapped[str | None] = mapped_column(String(50))
    pg_provider: Mapped[str | None] = mapped_column(String(50))
    decline_reason: Mapped[str | None] = mapped_column(String(30))
    detail: Mapped[str | None] = mapped_column(String(500))
    request_id: Mapped[str | None] = mapped_column(String(64))
    user_name: Mapped[str | None] = column_property(select(User.username).where(User.id == user_key).scalar_subquery())

    @property
    def by(self) -> str | None:
        """Who did it, where that is neither the buyer nor the system: a user, or somebody at a terminal."""
        return self.user_name or self.name


def of_session(session_key: UUID) -> Sequence[PaymentEvent]:
    """The whole timeline of a session, oldest line first."""
    return db.session.scalars(
        select(PaymentEvent).where(PaymentEvent.session_key == session_key).order_by(PaymentEvent.id)
    ).all()


def newest(session_key: UUID, limit: int) -> tuple[Sequence[PaymentEvent], int]:
    """The last lines of a session's timeline, at most `limit`, oldest first; and how many lines it has."""
    query = select(PaymentEvent).where(PaymentEvent.session_key == session_key)
    lines = db.session.scalars(query.order_by(PaymentEvent.id.desc()).limit(limit)).all()
    return lines[::-1], paging.total(query.with_only_columns(PaymentEvent.id))


def last_change(session_key: UUID) -> datetime | None:
    """When the status of this session last changed."""
    changes = PaymentEvent.session_key == session_key, PaymentEvent.kind == EventKind.STATUS
    return db.session.scalar(select(func.max(PaymentEvent.at)).where(*changes))
