"""Endpoints of the catalogue. They need no authentication."""

from typing import Any
from uuid import UUID

from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import NO_UUID, refuses
from pitturu.api.schemas.items import CatalogueQuerySchema, CatalogueSchema, ItemSchema
from pitturu.domain.errors import NotFound
from pitturu.store import items

blueprint = Blueprint("items", __name__, url_prefix=f"{PREFIX}/items", description="The catalogue of the shop.")


@blueprint.get("")
@blueprint.arguments(CatalogueQuerySchema, location="query")
@blueprint.response(200, CatalogueSchema)
def list_items(query: dict[str, Any]) -> Any:
    """List what is for sale.

    A page at a time, without retired items; `after` is `next` of the page before. Filters hold for all pages: send
    them with each. Needs no login. `stock` does not include pieces that open checkouts hold.
    """
    return catalogue_page(**query)


def catalogue_page(limit: int, after: UUID | None = None, **filters: bool | None) -> dict[str, Any]:
    """One page of items for sale."""
    found = items.catalogue(after, limit + 1, **filters)
    return {"items": found[:limit], "next": found[limit - 1].id if len(found) > limit else None}


@blueprint.get("/<uuid:item_id>")
@blueprint.response(200, ItemSchema)
@refuses(NotFound, "item_not_found", NO_UUID)
def read_item(item_id: UUID) -> Any:
    """Read one item for sale.

    Answers 404 for an item that is not sold any more. Needs no login.
    """
    item = items.for_sale(item_id)
    if item is None:
        raise NotFound("item_not_found", "There is no such item. GET /api/v1/items lists all of them.")
    return item
