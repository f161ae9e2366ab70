"""The lines of an order: pieces of one item each, at the price when the session was opened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain.fulfilment import Fulfilment
from pitturu.extensions import db
from pitturu.store.base import Base, Keyed, Moment, numbers_of, one_of
from pitturu.store.inventory import InventoryEntry


class PaymentLine(Keyed, Base):
    """Written with its session; only its fulfilment and stock change. `position` counts from 0; `unit_price` in won.

    The columns of the same names in `payment_sessions` are those of the first line. `returnable` and `tax_free` are the
    item's when it was bought. `stock_held` pieces of the item's stock are reserved for the line, or were sold with it.
    `begun_at` is when the fulfilment left `none`, `delivered_at` when the buyer got the pieces.
    """

    __tablename__ = "payment_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_price > 0", name="quantity"),
        CheckConstraint("stock_held BETWEEN 0 AND quantity", name="stock_held"),
        one_of("fulfilment", Fulfilment),
        CheckConstraint("(fulfilment = 'none') = (begun_at IS NULL)", name="begun_at"),
        UniqueConstraint("session_key", "position"),
    )

    session_key: Mapped[UUID] = mapped_column(ForeignKey("payment_sessions.id"))
    position: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    item_name: Mapped[str] = mapped_column(String(255))
    unit_price: Mapped[int]
    quantity: Mapped[int]
    returnable: Mapped[bool] = mapped_column(default=True, server_default="true")
    tax_free: Mapped[bool] = mapped_column(default=False, server_default="false")
    stock_held: Mapped[int] = mapped_column(default=0, server_default="0")
    fulfilment: Mapped[str] = mapped_column(String(20), default=Fulfilment.NONE, server_default=Fulfilment.NONE)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)


def of_session(session_key: UUID) -> Sequence[tuple[PaymentLine, int]]:
    """The lines of a session in their order, each with the pieces that the buyer holds now."""
    # The session is named besides, because an index has the entries by session.
    own = InventoryEntry.session_key == session_key, InventoryEntry.line_key == PaymentLine.id
    granted = select(func.coalesce(func.sum(InventoryEntry.quantity), 0)).where(*own)
    query = select(PaymentLine, granted.scalar_subquery()).where(PaymentLine.session_key == session_key)
    found = db.session.execute(query.order_by(PaymentLine.position).execution_options(populate_existing=True))
    return [(line, int(pieces)) for line, pieces in found]


def set_held(held: Mapping[UUID, int]) -> None:
    """Write how many pieces of stock these lines hold. The caller has locked their sessions."""
    if held:
        new = numbers_of(held)
        statement = update(PaymentLine).where(PaymentLine.id == new.c.id).values(stock_held=new.c.number)
        db.session.execute(statement.execution_options(synchronize_session=False))
