"""What the shop sells, and how much of it is in stock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Row, String, select
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.extensions import db
from pitturu.store.base import Base, Created, Keyed


class Item(Keyed, Created, Base):
    """`price` in won; `stock` null means unlimited (a download, a service).

    What is not `returnable` cannot be returned once the shop has begun with it; buyers see that before they buy.
    """

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    name: Mapped[str] = mapped_column(String(255))
    price: Mapped[int]
    stock: Mapped[int | None]
    returnable: Mapped[bool] = mapped_column(default=True, server_default="true")


def by_id(item_id: UUID) -> Item | None:
    """An item by its id."""
    return db.session.get(Item, item_id)


Offer = Item | Row[Any]


def catalogue() -> Sequence[Item]:
    """All items, by name."""
    return db.session.scalars(select(Item).order_by(Item.name, Item.id)).all()
