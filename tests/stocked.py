"""Items whose ledger of stock begins with what they have."""

from typing import Any

from pitturu.extensions import db
from pitturu.store.items import Item
from pitturu.store.stock_ledger import StockLine


def add_item(held: int = 0, **columns: Any) -> Item:
    """Add an item; open sessions that the test adds besides hold some pieces of it. Flushed and not committed."""
    item = Item(**columns)
    db.session.add(item)
    db.session.flush()
    if item.stock is not None:
        db.session.add(StockLine(item_id=item.id, kind="initial", quantity=item.stock + held))
        db.session.flush()
    return item
