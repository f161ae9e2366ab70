"""Brings the catalogue to what a file says: items are found by SKU, created or changed, all of them or none.

Items that the file does not name stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from pitturu.catalogue import stock
from pitturu.catalogue.item_file import ItemRow, RowError
from pitturu.catalogue.items import assign, differing
from pitturu.domain.catalogue import StockLineKind
from pitturu.domain.errors import Conflict
from pitturu.store import items, stock_ledger
from pitturu.store.errors import violated
from pitturu.store.items import SKU_INDEX, Item
from pitturu.store.stock_ledger import Author
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Difference:
    """What a row of a file changes: the item, None for a new one, and of each column the value before and after."""

    row: ItemRow
    item: Item | None
    columns: Mapping[str, tuple[Any, Any]]

    @property
    def changes_stock(self) -> bool:
        """Whether the stock of an existing item is set."""
        return self.item is not None and "stock" in self.columns


def compare(rows: Sequence[ItemRow], *, lock: bool) -> tuple[list[Difference], list[RowError]]:
    """What the rows change, and which new items lack a value. With `lock` nothing else changes the items that differ
    until the transaction ends: buyers of them wait meanwhile, and buyers of all others do not."""
    known = items.by_sku([row.sku for row in rows])
    if lock:
        items.lock([known[row.sku].id for row in rows if row.sku in known and _differing(known[row.sku], row.columns)])
        # One whose SKU was changed until now is not what the file means.
        known = {sku: item for sku, item in known.items() if item.sku == sku}
    found, errors = [], []
    for row in rows:
        item = known.get(row.sku)
        lacking = [name for name in ("name", "price", "stock") if item is None and name not in row.columns]
        if lacking:
            errors.append(RowError(row.line, f"{row.sku} is a new item, so it needs {' and '.join(lacking)} as well."))
        else:
            found.append(Difference(row, item, _differing(item, row.columns)))
    return found, errors


def _differing(item: Item | None, columns: Mapping[str, Any]) -> Mapping[str, tuple[Any, Any]]:
    if item is None:
        return {name: (None, value) for name, value in columns.items()}
    changed = differing(item, columns)
    if "stock" in columns and columns["stock"] != item.stock:
        changed["stock"] = item.stock, columns["stock"]
    return changed


def apply(work: UnitOfWork, differences: Iterable[Difference], reason: str, author: Author) -> None:
    """Write the differences, with a line of the ledger for each stock that is new or set.

    Raises Conflict when one of the new SKUs was taken after the comparison.
    """
    created: list[Item] = []
    before: dict[UUID, int | None] = {}
    for difference in differences:
        item = difference.item
        if item is None:
            created.append(Item(sku=difference.row.sku, **difference.row.columns))
            continue
        if difference.changes_stock:
            before[item.id], item.stock = difference.columns["stock"]
        assign(item, {name: pair for name, pair in difference.columns.items() if name != "stock"})
    work.session.add_all(created)
    try:
        work.session.flush()
    except IntegrityError as error:
        if violated(error) != SKU_INDEX:
            raise
        detail = "One of the new items was created by somebody else meanwhile. Nothing was changed; import again."
        raise Conflict("sku_taken", detail) from error
    for item in created:
        if item.stock is not None:
            stock_ledger.of_person(work, item.id, StockLineKind.INITIAL, item.stock, None, author)
    if before:
        stock.write_corrections(work, before, reason, author)
