"""Endpoints of the catalogue for operators: items, retired ones too, and their stock."""

from typing import Any
from uuid import UUID

from pitturu import logs
from pitturu.api import operator_lines, pages
from pitturu.api.authentication import current, requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.idempotency import user_post, user_put
from pitturu.api.machine_access import machines
from pitturu.api.refusals import NO_UUID, refuses
from pitturu.api.schemas import items as bodies
from pitturu.catalogue import items as managed
from pitturu.catalogue import stock
from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.operator_actions import OperatorAction, Thing
from pitturu.domain.roles import Permission
from pitturu.domain.scopes import Scope
from pitturu.store import items, stock_ledger
from pitturu.store.items import Item
from pitturu.store.stock_ledger import Author
from pitturu.store.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "catalogue",
    __name__,
    url_prefix=f"{PREFIX}/catalogue/items",
    description="For operators: items and their stock.",
)


@blueprint.get("")
@machines(Scope.CATALOGUE_MANAGE)
@requires(Permission.VIEW, None)
@blueprint.arguments(bodies.ManagedItemsQuerySchema, location="query")
@blueprint.response(200, bodies.ManagedItemsPageSchema)
@refuses(Unprocessable, "bad_cursor")
def list_managed_items(query: dict[str, Any]) -> Any:
    """List items.

    Newest first, retired ones too. Search by SKU and name.
    """
    found = items.page(query["search"], query["active"], pages.place(query["cursor"]), query["limit"] + 1)
    return pages.cut(found, query["limit"])


@blueprint.post("")
@user_post
@requires(Permission.MANAGE_CATALOGUE, OperatorAction.CREATE_ITEM)
@blueprint.arguments(bodies.NewItemSchema)
@blueprint.response(201, bodies.ManagedItemSchema)
@refuses(Conflict, "sku_taken")
def create_item(work: UnitOfWork, body: dict[str, Any]) -> Any:
    """Create an item.

    It is for sale at once unless `active` is false. The first stock is a line of its ledger.
    """
    item = managed.create(work, body, _author())
    _about(item, f"{item.price} won, stock {stock.words(item.stock)}")
    return item


@blueprint.get("/<uuid:item_id>")
@machines(Scope.CATALOGUE_MANAGE)
@requires(Permission.VIEW, None)
@blueprint.response(200, bodies.ManagedItemSchema)
@refuses(NotFound, "item_not_found", NO_UUID)
def read_managed_item(item_id: UUID) -> Any:
    """Read one item.

    Also a retired one, which buyers do not see any more.
    """
    return managed.existing(items.by_id(item_id))


@blueprint.patch("/<uuid:item_id>")
@user_put
@requires(Permission.MANAGE_CATALOGUE, OperatorAction.CHANGE_ITEM)
@blueprint.arguments(bodies.ItemChangeSchema)
@blueprint.response(200, bodies.ManagedItemSchema)
@refuses(NotFound, "item_not_found", NO_UUID)
@refuses(Conflict, "sku_taken")
def change_item(work: UnitOfWork, body: dict[str, Any], item_id: UUID) -> Any:
    """Change or retire an item.

    What is left out stays. `active` false retires it. Open sessions keep the name and the price of when they were
    opened.
    """
    change = managed.change(work, item_id, body)
    _about(change.item, change.summary)
    return change.item


@blueprint.post("/<uuid:item_id>/stock")
@user_post
@requires(Permission.MANAGE_CATALOGUE, OperatorAction.CORRECT_STOCK)
@blueprint.arguments(bodies.StockCorrectionSchema)
@blueprint.response(200, bodies.ManagedItemSchema)
@refuses(NotFound, "item_not_found", NO_UUID)
@refuses(Conflict, "stock_changed", "stock_too_small", "stock_too_large", "stock_unlimited")
def correct_stock(work: UnitOfWork, body: dict[str, Any], item_id: UUID) -> Any:
    """Correct the stock of an item.

    Records pieces that arrived, broke or were counted as a line of the ledger. 409 `stock_changed` when the stock
    is not `seen` any more: read it again and correct anew.
    """
    if "change" in body:
        item = stock.add(work, item_id, body["change"], body["reason"], _author())
        _about(item, f"{body['change']:+} pieces")
    else:
        item = stock.set_to(work, item_id, body["set_to"], body["seen"], body["reason"], _author())
        _about(item, f"stock {stock.words(body['seen'])} to {stock.words(body['set_to'])}")
    return item


@blueprint.get("/<uuid:item_id>/stock")
@requires(Permission.VIEW, OperatorAction.READ_STOCK_LEDGER)
@blueprint.arguments(bodies.StockLinesQuerySchema, location="query")
@blueprint.response(200, bodies.StockLinesPageSchema)
@refuses(NotFound, "item_not_found", NO_UUID)
@refuses(Unprocessable, "bad_cursor")
def read_stock_ledger(query: dict[str, Any], item_id: UUID) -> Any:
    """Read the stock ledger of an item.

    Every sale, return and correction, newest first. All lines add up to the stock and what open sessions hold.
    """
    item = managed.existing(items.by_id(item_id))
    found = stock_ledger.page(item_id, pages.place(query["cursor"]), query["limit"] + 1)
    page = pages.cut(found, query["limit"])
    _about(item, f"{len(page['items'])} lines shown")
    return {"stock": item.stock, **page}


def _author() -> Author:
    return stock_ledger.author(current().username, logs.request_id())


def _about(item: Item, detail: str) -> None:
    operator_lines.about(what=Thing("item", str(item.id)), detail=detail)
