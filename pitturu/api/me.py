"""Endpoints about the caller: their identity, their payments, their inventory."""

from typing import Any

from pitturu.api import pages
from pitturu.api.authentication import current, signed_in
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas.payments import HistoryPageSchema, HistoryQuerySchema
from pitturu.api.schemas.people import InventorySchema, LastBuyerSchema, UserSchema
from pitturu.domain.errors import Unprocessable
from pitturu.store import history, inventory, last_buyer
from pitturu.store.history import Filter

blueprint = Blueprint("me", __name__, url_prefix=f"{PREFIX}/me", description="The caller's own data.")


@blueprint.get("")
@signed_in
@blueprint.response(200, UserSchema)
def read_me() -> Any:
    """Read whom the access token identifies.

    Shows the name, the role, and what the role may do with what belongs to others.
    """
    return current()


@blueprint.get("/payments")
@signed_in
@blueprint.arguments(HistoryQuerySchema, location="query")
@blueprint.response(200, HistoryPageSchema)
@refuses(Unprocessable, "bad_cursor")
def list_payments(query: dict[str, Any]) -> Any:
    """List your payments.

    Newest first, page by page: go on with `next` as `cursor`. Filter by status and time.
    """
    wanted = Filter(query["status"], query["since"], query["until"], pages.place(query["cursor"]))
    found = history.page(current().username, wanted, query["limit"] + 1)
    return pages.cut(found, query["limit"])


@blueprint.get("/inventory")
@signed_in
@blueprint.response(200, InventorySchema)
def list_inventory() -> Any:
    """List what you own.

    Everything that was paid and not given back, the last changed first.
    """
    owned = inventory.of_user(current().username)
    names = ("item_id", "item_name", "quantity", "updated_at")
    return {"items": [dict(zip(names, entry, strict=True)) for entry in owned]}


@blueprint.get("/buyer")
@signed_in
@blueprint.response(200, LastBuyerSchema)
def read_last_buyer() -> Any:
    """Read the buyer's data of your last order.

    What you entered in the last session that you opened yourself, paid or not, to fill in the next one. `buyer` is null
    if there is none, or once its data was erased. Not for API keys and client tokens, whose buyers are the shop's.
    """
    return {"buyer": last_buyer.of_user(current().username)}
