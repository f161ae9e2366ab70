"""Corrections of stock by people: pieces that arrived, broke or were counted. Each is a line of the ledger."""

from collections.abc import Mapping
from uuid import UUID

from pitturu.catalogue.items import existing
from pitturu.domain.catalogue import MOST_STOCK, StockLineKind
from pitturu.domain.errors import Conflict
from pitturu.store import items, stock_ledger
from pitturu.store.items import Item
from pitturu.store.stock_ledger import Author
from pitturu.store.unit_of_work import UnitOfWork


def add(work: UnitOfWork, item_id: UUID, pieces: int, reason: str, author: Author) -> Item:
    """Add pieces to the stock of an item, or take them off (negative). Raises NotFound and Conflict.

    The caller needs not know the stock, which buyers change all the time.
    """
    item = items.add_stock(item_id, pieces)
    if item is None:
        raise _not_added(existing(items.by_id(item_id)), pieces)
    _correct(work, item_id, pieces, reason, author)
    return item


def set_to(work: UnitOfWork, item_id: UUID, stock: int | None, seen: int | None, reason: str, author: Author) -> Item:
    """Set the stock of an item, None for unlimited, if it still is what the caller has `seen`.

    What open sessions hold is not part of it. Raises NotFound, and Conflict when the stock is another one by now:
    of two operators who saw the same, the second is refused.
    """
    item = items.set_stock(item_id, stock, seen)
    if item is None:
        now = existing(items.by_id(item_id)).stock
        raise Conflict(
            "stock_changed",
            f"The stock is {words(now)} by now, and you saw {words(seen)}. Decide again and send `seen` as it is now;"
            " or send `change`, which adds pieces to whatever stock there is.",
            {"seen": [f"The stock is {words(now)}."]},
        )
    write_corrections(work, {item_id: seen}, reason, author)
    return item


def write_corrections(work: UnitOfWork, before: Mapping[UUID, int | None], reason: str, author: Author) -> None:
    """Add the lines of items whose stock was set in this transaction, each with its stock `before`.

    A line has the pieces that make the ledger add up. That is the difference of the two stocks, unless the stock was
    unlimited, when nothing was counted, or the ledger did not add up. An item whose stock has become unlimited has a
    line that takes its stock off.
    """
    missing = stock_ledger.missing(before)
    for item_id, stock in before.items():
        _correct(work, item_id, missing.get(item_id, -(stock or 0)), reason, author)


def recount(work: UnitOfWork, reason: str, author: Author) -> list[UUID]:
    """Add to the ledger of every item that does not add up the line that it lacks; which items these were.

    For lines that a process of the release before the ledger did not write, while releases were replaced.
    """
    suspects = [item_id for item_id, pieces in stock_ledger.missing().items() if pieces]
    items.lock(suspects)
    lacking = {item_id: pieces for item_id, pieces in stock_ledger.missing(suspects).items() if pieces}
    for item_id, pieces in lacking.items():
        _correct(work, item_id, pieces, reason, author)
    return list(lacking)


def words(stock: int | None) -> str:
    """A stock for people."""
    return "unlimited" if stock is None else str(stock)


def _correct(work: UnitOfWork, item_id: UUID, pieces: int, reason: str, author: Author) -> None:
    stock_ledger.of_person(work, item_id, StockLineKind.CORRECTION, pieces, reason, author)


def _not_added(item: Item, pieces: int) -> Conflict:
    if item.stock is None:
        todo = "Send `set_to` with `seen` null to limit it."
        return Conflict(
            "stock_unlimited", f"The stock of this item is unlimited, so nothing can be added to it. {todo}"
        )
    if pieces > 0:
        return Conflict("stock_too_large", f"The stock is {item.stock}, and at most {MOST_STOCK} pieces are possible.")
    return Conflict(
        "stock_too_small",
        f"The stock is {item.stock}, so {-pieces} pieces cannot be taken off. Pieces that open checkouts hold are not"
        " in stock: they return to it when those are closed.",
        {"change": [f"The stock is {item.stock}."]},
    )
