"""What the shop's pages show first, in the bodies of the API: the HTML carries it, so no page asks for it again.

Nothing of it depends on who asks. It counts as the request that it saves, and a page without it asks the API itself.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from pitturu.api import rate_limits
from pitturu.api.items import catalogue_page
from pitturu.api.problems import TooManyRequests
from pitturu.api.schemas.items import CatalogueSchema, ItemSchema
from pitturu.store import items

ON_A_PAGE: Final = 24
"""Items of the catalogue's first page: what fills a screen, not what the API may give at once."""

FILTERS: Final[Mapping[str, Mapping[str, bool]]] = {"available": {"in_stock": True}, "returnable": {"returnable": True}}
"""The filters of the catalogue's page by their names in its address."""


def page_data(page: str, address: Mapping[str, Any]) -> Any:
    """The data of a page, `address` being the values in its path. None where it has none, where the visitor has made
    too many requests, and while the database is away: then the API gives the answer that the page shows."""
    read = _READ.get(page)
    if read is None:
        return None
    try:
        rate_limits.count_page_data()
        return read(**address)
    except (TooManyRequests, SQLAlchemyError):
        return None


def _catalogue() -> Any:
    filters = FILTERS.get(request.args.get("show", ""), {})
    return CatalogueSchema().dump(catalogue_page(ON_A_PAGE, None, **filters))


def _item(item_id: UUID) -> Any:
    item = items.for_sale(item_id)
    return None if item is None else ItemSchema().dump(item)


_READ: Final[Mapping[str, Callable[..., Any]]] = {"shop": _catalogue, "item": _item}
