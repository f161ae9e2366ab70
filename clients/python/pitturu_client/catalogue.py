"""Items: what is for sale, and managing it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from pitturu_client.transport import Transport, pages

MANAGED: Final = ("catalogue", "items")
PAGE: Final = 100
"""Items that are read at once."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An item for sale. `price` in whole won; `stock` None means unlimited."""

    id: str
    sku: str | None
    name: str
    description: str
    image_url: str | None
    price: int
    stock: int | None
    returnable: bool
    tax_free: bool


class ManagedItem(Item, frozen=True, kw_only=True):
    """An item, also a retired one (`active` False)."""

    active: bool
    created_at: datetime


class _Catalogue(msgspec.Struct, frozen=True):
    items: list[Item]
    next: str | None


class _ManagedPage(msgspec.Struct, frozen=True):
    items: list[ManagedItem]
    next: str | None


class Items:
    """`pitturu.items`: what is for sale. Needs no credential."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> "list[Item]":
        """All items for sale, sorted by name."""
        return [*pages(lambda after: self._transport.get(_Catalogue, "items", limit=PAGE, after=after))]

    def get(self, item_id: str) -> Item:
        """One item for sale. Raises NotFound, also for one that is not sold any more."""
        return self._transport.get(Item, "items", item_id)


class Catalogue:
    """`pitturu.catalogue`: items as the shop manages them. Needs the permission `manage_catalogue` to change them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self, *, search: str | None = None, active: bool | None = None) -> Iterator[ManagedItem]:
        """Every item, newest first, page by page. `search` looks for a part of SKU or name."""
        query = {"search": search, "active": None if active is None else str(active).lower(), "limit": PAGE}
        return pages(lambda cursor: self._transport.get(_ManagedPage, *MANAGED, **query, cursor=cursor))

    def get(self, item_id: str) -> ManagedItem:
        """One item, also a retired one. Raises NotFound."""
        return self._transport.get(ManagedItem, *MANAGED, item_id)

    def create(
        self,
        *,
        sku: str,
        name: str,
        price: int,
        stock: int | None,
        idempotency_key: str | None = None,
        **options: Any,
    ) -> ManagedItem:
        """Create an item. `options`: `description`, `image_url`, `active`, `returnable`, `tax_free`. Raises Conflict
        (`sku_taken`)."""
        body = {"sku": sku, "name": name, "price": price, "stock": stock, **options}
        return self._transport.post(ManagedItem, *MANAGED, body=body, key=idempotency_key)

    def change(self, item_id: str, **changes: Any) -> ManagedItem:
        """Change fields of an item; `active=False` retires it. Open sessions keep their price."""
        return self._transport.patch(ManagedItem, *MANAGED, item_id, body=changes)

    def add_stock(self, item_id: str, pieces: int, reason: str, *, idempotency_key: str | None = None) -> ManagedItem:
        """Add pieces that arrived, or take off (negative) those that broke."""
        return self._correct(item_id, {"change": pieces, "reason": reason}, idempotency_key)

    def set_stock(
        self, item_id: str, stock: int | None, *, seen: int | None, reason: str, idempotency_key: str | None = None
    ) -> ManagedItem:
        """Set the stock to what was counted. Raises StockChanged if it is not `seen` any more."""
        return self._correct(item_id, {"set_to": stock, "seen": seen, "reason": reason}, idempotency_key)

    def _correct(self, item_id: str, body: dict[str, Any], key: str | None) -> ManagedItem:
        return self._transport.post(ManagedItem, *MANAGED, item_id, "stock", body=body, key=key)
