"""What the shop sells, and how much of it is in stock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Row, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store import locked_rows
from pitturu.store.base import Base, Keyed, Moment


class Item(Keyed, Base):
    """`price` in won; `stock` null means that it never runs out (a download, a service)."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    name: Mapped[str] = mapped_column(String(255))
    price: Mapped[int]
    stock: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, server_default=func.now())


def by_id(item_id: UUID) -> Item | None:
    """One item."""
    return db.session.get(Item, item_id)


Offer = Item | Row[Any]


def catalogue() -> Sequence[Item]:
    """All items, by name."""
    return db.session.scalars(select(Item).order_by(Item.name, Item.id)).all()


def take(item_id: UUID, quantity: int) -> bool:
    """Reserve pieces; False when fewer are in stock. For an item without stock nothing is written."""
    write_back()
    enough = update(Item).where(Item.id == item_id, Item.stock >= quantity).values(stock=Item.stock - quantity)
    return db.session.scalar(enough.returning(Item.id)) is not None


def put_back(item_id: UUID, quantity: int) -> None:
    """Return pieces to stock when the transaction ends."""
    back = locked_rows.rows("shelf")
    back[item_id] = back.get(item_id, 0) + quantity


def write_back() -> None:
    """Do it now, item by item in the same order for everybody, so that nobody deadlocks."""
    back = locked_rows.rows("shelf")
    for item_id, quantity in sorted(back.items()):
        shelf = update(Item).where(Item.id == item_id, Item.stock.is_not(None))
        db.session.execute(shelf.values(stock=Item.stock + quantity))
    back.clear()
