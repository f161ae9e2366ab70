"""What the shop sells, and how much of it is in stock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Select, String, Update, or_, select, text, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from pitturu.domain.catalogue import (
    LONGEST_DESCRIPTION,
    LONGEST_IMAGE_URL,
    LONGEST_NAME,
    LONGEST_SKU,
    MOST_STOCK,
    SKU,
)
from pitturu.extensions import db
from pitturu.store.base import Base, Created, Keyed, any_of, numbers_of
from pitturu.store.paging import newest_first

SKU_INDEX: Final = "uq_items_sku"


class Item(Keyed, Created, Base):
    """`price` in won; `stock` null means unlimited (a download, a service).

    What is not `returnable` cannot be returned once the shop has begun with it; buyers see that before they buy. An
    item that is not `active` is retired: neither shown nor sold, while open sessions of it go on. `tax_free` says that
    it is exempt from VAT. `sku` is the shop's own number, null for items of before there was one. `image_url` is an
    https address or a path of the storefront. An `unlisted` item is one line of one order, at a price that the shop's
    server said: nobody else can buy it, and the catalogue does not have it.
    """

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint(f"sku ~ '^{SKU.pattern}$'", name="sku"),
        CheckConstraint("image_url ~ '^(https:/)?/[!-~]+$'", name="image_url"),
        CheckConstraint("NOT (unlisted AND (active OR sku IS NOT NULL OR stock IS NOT NULL))", name="unlisted"),
        Index("ix_items_for_sale", "name", "id", postgresql_where=text("active")),
        Index("ix_items_listed", "created_at", "id", postgresql_where=text("NOT unlisted")),
    )

    sku: Mapped[str | None] = mapped_column(String(LONGEST_SKU), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    description: Mapped[str] = mapped_column(String(LONGEST_DESCRIPTION), default="", server_default="")
    image_url: Mapped[str | None] = mapped_column(String(LONGEST_IMAGE_URL))
    price: Mapped[int]
    stock: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    returnable: Mapped[bool] = mapped_column(default=True, server_default="true")
    tax_free: Mapped[bool] = mapped_column(default=False, server_default="false")
    unlisted: Mapped[bool] = mapped_column(default=False, server_default="false")


def by_id(item_id: UUID) -> Item | None:
    """An item by its id, also a retired one."""
    return db.session.get(Item, item_id)


def by_ids(item_ids: Collection[UUID]) -> dict[UUID, Item]:
    """Items by their ids, also retired ones, as they are now."""
    query = select(Item).where(Item.id == any_of(item_ids)).execution_options(populate_existing=True)
    return {item.id: item for item in db.session.scalars(query)}


def for_sale(item_id: UUID) -> Item | None:
    """An item by its id; None for a retired one."""
    return db.session.scalar(select(Item).where(Item.id == item_id, Item.active))


def catalogue(
    after: UUID | None, limit: int, *, in_stock: bool | None = None, returnable: bool | None = None
) -> Sequence[Item]:
    """Items for sale, by name, at most `limit`. `after` is the last item of the page before.

    With `in_stock` only those of which pieces are left (true) or none is (false); with `returnable` accordingly. Both
    are read along the index of names: no sort, and a page ends when it is full.
    """
    query = select(Item).where(Item.active)
    if in_stock is not None:
        query = query.where(Item.stock.is_distinct_from(0) if in_stock else Item.stock == 0)
    if returnable is not None:
        query = query.where(Item.returnable.is_(returnable))
    if after is not None:
        last = select(Item.name, Item.id).where(Item.id == after).scalar_subquery()
        query = query.where(tuple_(Item.name, Item.id) > last)
    return db.session.scalars(query.order_by(Item.name, Item.id).limit(limit)).all()


def page(search: str | None, active: bool | None, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[Item]:
    """Listed items whose SKU or name contains `search`, newest first, at most `limit`; with `active` None also retired
    ones.

    `before` is the last item of the page before.
    """
    query = select(Item).where(~Item.unlisted)
    if search is not None:
        contained = Item.sku.icontains(search, autoescape=True), Item.name.icontains(search, autoescape=True)
        query = query.where(or_(*contained))
    if active is not None:
        query = query.where(Item.active.is_(active))
    return db.session.scalars(newest_first(query, Item, before, limit)).all()


def by_sku(skus: Collection[str]) -> dict[str, Item]:
    """The items of these SKUs, by SKU."""
    return {item.sku or "": item for item in db.session.scalars(select(Item).where(Item.sku.in_(skus)))}


def lock(item_ids: Collection[UUID]) -> None:
    """Lock these items and read them anew, in the order of their ids, which prevents deadlocks.

    Sessions of them can be opened meanwhile, but their stock does not change.
    """
    query = _locked(select(Item), item_ids)
    db.session.scalars(query.execution_options(populate_existing=True)).all()


Query = TypeVar("Query", bound=Select[Any])


def _locked(query: Query, item_ids: Collection[UUID]) -> Query:
    """These items under their locks, in the order of their ids: whoever locks several does it like this."""
    return query.where(Item.id == any_of(item_ids)).order_by(Item.id).with_for_update(key_share=True)


def take(wanted: Mapping[UUID, int]) -> Collection[UUID]:
    """Take these pieces off the stock, all or none; a negative number puts them back. The items that have fewer.

    Several items are locked in the order of their ids, which prevents deadlocks. Stock that is unlimited stays so, but
    its row is locked all the same: whoever limits it meanwhile would count the pieces neither in stock nor as held.
    """
    change = {item_id: pieces for item_id, pieces in wanted.items() if pieces}
    if len(change) > 1:
        return _take_many(change)
    for item_id, pieces in change.items():
        enough = [Item.stock >= pieces] if pieces > 0 else []
        taken = update(Item).where(Item.id == item_id, *enough).values(stock=Item.stock - pieces)
        if db.session.scalar(taken.returning(Item.id)) is None:
            return [item_id]
    return ()


def _take_many(change: Mapping[UUID, int]) -> Collection[UUID]:
    columns: list[Any] = [Item.id, Item.stock]
    locked = db.session.execute(_locked(select(*columns), change.keys()))
    stocks = {row.id: row.stock for row in locked}
    short = [key for key, pieces in change.items() if pieces > 0 and (stocks.get(key) or 0) < pieces]
    if not short:
        taken = numbers_of(change)
        db.session.execute(update(Item).where(Item.id == taken.c.id).values(stock=Item.stock - taken.c.number))
    return short


def add_stock(item_id: UUID, pieces: int) -> Item | None:
    """Add pieces (negative takes them off) in one conditional UPDATE; the item as it is then.

    None when its stock is unlimited, would become negative or larger than MOST_STOCK, or when there is no such item in
    the catalogue.
    """
    in_range = (Item.stock + pieces).between(0, MOST_STOCK)
    return _updated(update(Item).where(Item.id == item_id, in_range).values(stock=Item.stock + pieces))


def set_stock(item_id: UUID, stock: int | None, seen: int | None) -> Item | None:
    """Set the stock in one conditional UPDATE, null for unlimited; the item as it is then.

    None when the stock is not `seen`, or when there is no such item in the catalogue.
    """
    unchanged = Item.stock.is_not_distinct_from(seen), ~Item.unlisted
    return _updated(update(Item).where(Item.id == item_id, *unchanged).values(stock=stock))


def _updated(statement: Update) -> Item | None:
    options = {"synchronize_session": False, "populate_existing": True}
    return db.session.scalar(statement.returning(Item).execution_options(**options))
