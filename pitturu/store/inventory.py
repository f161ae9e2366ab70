"""The goods of buyers: a ledger of pieces granted and taken back, each at most once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.extensions import db
from pitturu.store.base import Base, Created, Keyed


class InventoryEntry(Keyed, Created, Base):
    """`quantity` is positive for a grant and negative for a return."""

    __tablename__ = "inventory_entries"
    __table_args__ = (
        CheckConstraint("(kind = 'grant' AND quantity > 0) OR (kind = 'return' AND quantity < 0)", name="kind"),
        Index("uq_inventory_entries_one_grant", "line_key", unique=True, postgresql_where="kind = 'grant'"),
        UniqueConstraint("cancellation_key", "line_key"),
        Index("ix_inventory_entries_user", "user_username", "item_id"),
        Index("ix_inventory_entries_session", "session_key"),
    )

    user_username: Mapped[str] = mapped_column(String(255), ForeignKey("users.username", onupdate="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    item_name: Mapped[str] = mapped_column(String(255))
    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"))
    line_key: Mapped[UUID] = mapped_column(ForeignKey("payment_lines.id"))
    cancellation_key: Mapped[UUID | None] = mapped_column(ForeignKey("payment_cancellations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int]


def granted(session_key: UUID) -> int:
    """Pieces of this session that the buyer holds now."""
    query = select(func.coalesce(func.sum(InventoryEntry.quantity), 0))
    return int(db.session.scalar(query.where(InventoryEntry.session_key == session_key)) or 0)


def of_user(username: str) -> Sequence[tuple[UUID, str, int, datetime]]:
    """(item id, name in the last purchase, pieces, last change) for each item of which a user owns pieces."""
    total, last = func.sum(InventoryEntry.quantity), func.max(InventoryEntry.created_at)
    query = (
        select(InventoryEntry.item_id, func.max(InventoryEntry.item_name), total, last)
        .where(InventoryEntry.user_username == username)
        .group_by(InventoryEntry.item_id)
        .having(total > 0)
        .order_by(last.desc())
    )
    return [(item, name, int(pieces), at) for item, name, pieces, at in db.session.execute(query)]
