"""Payments: every attempt at PortOne that moved money, awaits a deposit, or failed. The table is `payment_history`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    SmallInteger,
    String,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import ids
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.references import LONGEST_REFERENCE
from pitturu.domain.verdict import Verdict
from pitturu.extensions import db
from pitturu.store import replica
from pitturu.store.base import Base, Created, Keyed, Moment, one_of
from pitturu.store.paging import made_between, newest_first


class Payment(Keyed, Created, Base):
    """One `imp_uid`. `amount` is what PortOne charged, in won; refunds do not reduce it.

    `item_name` is the first of the `line_count` lines that it pays for. `reference` is that of its session.

    `installment_months` of a card: 0 is one sum, None is not reported. `escrow_status` is None without escrow.

    A payment of an unknown order has neither session nor user, and has its own generation.
    """

    __tablename__ = "payment_history"
    __table_args__ = (
        CheckConstraint("cancelled_amount BETWEEN 0 AND amount", name="cancelled_amount"),
        one_of("status", SessionStatus),
        CheckConstraint("(session_key IS NULL) = (user_username IS NULL)", name="owner"),
        CheckConstraint("(session_key IS NULL) = (generation IS NOT NULL)", name="generation"),
        Index("uq_payment_history_one_accepted", "session_key", unique=True, postgresql_where="verdict = 'accepted'"),
        Index("ix_payment_history_user", "user_username", "created_at", "id"),
        Index("ix_payment_history_session", "session_key"),
        Index("ix_payment_history_created", "created_at", "id"),
        Index("ix_payment_history_status", "status", "created_at", "id"),
        Index(
            "ix_payment_history_reference", *("reference", "created_at", "id"), postgresql_where="reference IS NOT NULL"
        ),
        Index("ix_payment_history_paid", "paid_at", "id", postgresql_where="paid_at IS NOT NULL"),
    )

    payment_id: Mapped[str] = mapped_column(String(255), unique=True, default=ids.payment_id)
    session_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_sessions.id"))
    generation: Mapped[str | None] = mapped_column(String(10))
    imp_uid: Mapped[str] = mapped_column(String(255), unique=True)
    merchant_uid: Mapped[str] = mapped_column(String(255), index=True)
    user_username: Mapped[str | None] = mapped_column(String(255), ForeignKey("users.username", onupdate="CASCADE"))
    reference: Mapped[str | None] = mapped_column(String(LONGEST_REFERENCE))
    item_name: Mapped[str] = mapped_column(String(255))
    line_count: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    amount: Mapped[int]
    cancelled_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(10))
    sandbox: Mapped[bool] = mapped_column(default=False, server_default="false")
    status: Mapped[str] = mapped_column(String(50))
    provider_status: Mapped[str] = mapped_column(String(50))
    verdict: Mapped[str | None] = mapped_column(String(30))
    pay_method: Mapped[str] = mapped_column(String(50), default="", server_default="")
    pg_provider: Mapped[str] = mapped_column(String(50), default="", server_default="")
    receipt_url: Mapped[str | None] = mapped_column(String(500))
    installment_months: Mapped[int | None] = mapped_column(SmallInteger)
    escrow_status: Mapped[str | None] = mapped_column(String(30))
    fail_reason: Mapped[str | None] = mapped_column(String(500))
    paid_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def accepted(self) -> bool:
        """Whether this payment pays its session."""
        return self.verdict == Verdict.ACCEPTED

    @property
    def owner(self) -> UUID:
        """The key of its session. Raises LookupError for a payment of an order that was never issued here."""
        if self.session_key is None:
            raise LookupError(self.imp_uid)
        return self.session_key

    @property
    def remaining(self) -> int:
        """Won that were not refunded."""
        return self.amount - self.cancelled_amount


@dataclass(frozen=True)
class Filter:
    """A buyer's filter of the history. `before` is the last row of the previous page."""

    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, UUID] | None = None


def of_session(session_key: UUID) -> Sequence[Payment]:
    """The session's payments, oldest first."""
    query = select(Payment).where(Payment.session_key == session_key).order_by(Payment.created_at)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def of_unknown_order(merchant_uid: str, limit: int) -> Sequence[Payment]:
    """Payments of an order number that was never issued here, oldest first, at most `limit`."""
    query = select(Payment).where(Payment.merchant_uid == merchant_uid, Payment.session_key.is_(None))
    return db.session.scalars(query.order_by(Payment.created_at).limit(limit)).all()


def by_public_id(payment_id: str) -> Payment | None:
    """A payment by its public id."""
    return db.session.scalar(select(Payment).where(Payment.payment_id == payment_id))


def public_id(session_key: ColumnElement[UUID]) -> ScalarSelect[str]:
    """SQL for: the public id of a session's accepted payment, else of its newest one."""
    order = (Payment.verdict == Verdict.ACCEPTED).desc().nulls_last(), Payment.created_at.desc()
    query = select(Payment.payment_id).where(Payment.session_key == session_key)
    return query.order_by(*order).limit(1).scalar_subquery()


def public_id_of(session_key: UUID) -> str | None:
    """The public id of a session's accepted payment, else of its newest one."""
    return db.session.scalar(select(public_id(literal(session_key))))


def by_key(payment_key: UUID) -> Payment:
    """An existing payment by its key."""
    return db.session.scalars(select(Payment).where(Payment.id == payment_key)).one()


def page(username: str, wanted: Filter, limit: int) -> Sequence[Payment]:
    """A user's payments, newest first, at most `limit`; from the replica, if there is one."""
    query = select(Payment).where(Payment.user_username == username)
    if wanted.status is not None:
        query = query.where(Payment.status == wanted.status)
    query = made_between(query, Payment, wanted.since, wanted.until)
    return replica.rows(newest_first(query, Payment, wanted.before, limit))
