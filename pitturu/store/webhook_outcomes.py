"""What became of webhooks: one line each time a delivery is closed. Lines are added, and deleted once they are old.

A delivery is one row however often PortOne repeats it, and is changed with every step; these lines can be counted.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Identity, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.base import Base, Moment
from pitturu.store.transaction_ids import CURRENT, Xid8

KEPT_FOR: Final = timedelta(days=90)
"""Long enough to count again what the rollups of the last months say."""

MOST: Final = 5_000_000
"""Lines that are kept, in about 1 GB with their indexes, and those of one hour more: anybody can post webhooks."""

DELETED_AT_ONCE: Final = 20_000


class WebhookOutcome(Base):
    """One delivery that was closed as `outcome` (a DeliveryState). `event_status` are PortOne's words, `received_at` is
    the time of its last copy."""

    __tablename__ = "webhook_outcomes"
    __table_args__ = (Index("ix_webhook_outcomes_transaction", "transaction_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[str] = mapped_column(Xid8, server_default=CURRENT)
    generation: Mapped[str] = mapped_column(String(10))
    event_status: Mapped[str] = mapped_column(String(50))
    outcome: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())


def end_of_surplus() -> datetime | None:
    """When the newest line was written that is not among the MOST newest ones; None when there are no more than MOST.

    Numbers of lines have gaps, so somewhat fewer may be kept.
    """
    newest = select(func.max(WebhookOutcome.id)).scalar_subquery()
    surplus = select(WebhookOutcome.finished_at).where(WebhookOutcome.id <= newest - MOST)
    return db.session.scalar(surplus.order_by(WebhookOutcome.id.desc()).limit(1))


def delete_before(end: datetime, counted: ColumnElement[bool]) -> bool:
    """Delete the oldest lines that are older than `end` and `counted`, DELETED_AT_ONCE at the most. Returns whether
    there may be more of them."""
    oldest = select(WebhookOutcome.id).order_by(WebhookOutcome.id).limit(DELETED_AT_ONCE)
    old = WebhookOutcome.id.in_(oldest), WebhookOutcome.finished_at < end, counted
    deleted = db.session.scalars(delete(WebhookOutcome).where(*old).returning(WebhookOutcome.id)).all()
    return len(deleted) == DELETED_AT_ONCE
