"""Creating an item, and changing what it says. Open sessions keep the name and the price that they were opened with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from pitturu.domain.catalogue import StockLineKind
from pitturu.domain.errors import Conflict, NotFound
from pitturu.store import items, stock_ledger
from pitturu.store.errors import violated
from pitturu.store.items import SKU_INDEX, Item
from pitturu.store.stock_ledger import Author
from pitturu.store.unit_of_work import UnitOfWork

CHANGEABLE: Final = ("sku", "name", "description", "image_url", "price", "active", "returnable", "tax_free")
"""The columns that a change may have. Stock is corrected instead, with a reason."""


def create(work: UnitOfWork, columns: Mapping[str, Any], author: Author) -> Item:
    """Add an item with these columns, and the first line of its ledger if its stock is limited.

    Raises Conflict when the SKU belongs to another item.
    """
    item = Item(**columns)
    work.session.add(item)
    _write(work, item.sku)
    if item.stock is not None:
        stock_ledger.of_person(work, item.id, StockLineKind.INITIAL, item.stock, None, author)
    return item


@dataclass(frozen=True)
class ItemChange:
    """A changed item, and of each column that differs the value before and after."""

    item: Item
    columns: Mapping[str, tuple[Any, Any]]

    @property
    def summary(self) -> str:
        """For the operator log: which columns, and the price."""
        named = [f"price {old} to {new} won" if name == "price" else name for name, (old, new) in self.columns.items()]
        return ", ".join(named) or "nothing changed"


def change(work: UnitOfWork, item_id: UUID, columns: Mapping[str, Any]) -> ItemChange:
    """Give an item these columns. Raises NotFound, and Conflict when the SKU belongs to another item."""
    item = existing(items.by_id(item_id))
    changed = differing(item, columns)
    assign(item, changed)
    _write(work, item.sku)
    return ItemChange(item, changed)


def differing(item: Item, columns: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The item's value and the new one of every column that differs."""
    named = [(name, getattr(item, name), columns[name]) for name in CHANGEABLE if name in columns]
    return {name: (old, new) for name, old, new in named if old != new}


def assign(item: Item, changed: Mapping[str, tuple[Any, Any]]) -> None:
    """Give the item the new values."""
    for name, (_, new) in changed.items():
        setattr(item, name, new)


def existing(item: Item | None) -> Item:
    """The item. Raises NotFound for None, and for one that is not part of the catalogue."""
    if item is None or item.unlisted:
        raise NotFound("item_not_found", "There is no such item. GET /api/v1/catalogue/items lists all.")
    return item


def _write(work: UnitOfWork, sku: str | None) -> None:
    try:
        work.session.flush()
    except IntegrityError as error:
        if violated(error) != SKU_INDEX:
            raise
        message = f"Another item has the SKU {sku}, perhaps a retired one."
        raise Conflict(
            "sku_taken", f"{message} Change that item, or choose another SKU.", {"sku": [message]}
        ) from error
