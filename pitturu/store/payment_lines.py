"""The lines of an order: pieces of one item each, at the price when the session was opened. For now each has one."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.store.base import Base, Keyed


class PaymentLine(Keyed, Base):
    """Written with its session and never changed. `position` counts from 0; `unit_price` in won.

    The columns of the same names in `payment_sessions` are those of the first line.
    """

    __tablename__ = "payment_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        UniqueConstraint("session_key", "position"),
    )

    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"))
    position: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    item_name: Mapped[str] = mapped_column(String(255))
    unit_price: Mapped[int]
    quantity: Mapped[int]
