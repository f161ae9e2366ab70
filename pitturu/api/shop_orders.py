"""Endpoints for the shop's server: it finds its orders, and gets a token with which a browser pays one of them."""

from collections.abc import Sequence
from typing import Any

from pitturu.accounts import buyers
from pitturu.api import client_tokens, pages, shop_server
from pitturu.api.authentication import signed_in
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.machine_access import machines
from pitturu.api.presenter import Presenter
from pitturu.api.refusals import refuses
from pitturu.api.schemas import order_search as bodies
from pitturu.domain.errors import NotFound, Unprocessable
from pitturu.domain.scopes import Scope
from pitturu.payments import checkout
from pitturu.services import services
from pitturu.store import order_search, session_views
from pitturu.store.order_search import OrderFilter

blueprint = Blueprint(
    "shop_orders", __name__, url_prefix=f"{PREFIX}/payments", description="For the shop's server, with an API key."
)


@blueprint.get("")
@machines(Scope.PAYMENTS_READ, users=False)
@signed_in
@blueprint.arguments(bodies.OrdersQuerySchema, location="query")
@blueprint.response(200, bodies.FoundPaymentsSchema)
@refuses(Unprocessable, "bad_cursor", "bad_user_id")
def search_payments(query: dict[str, Any]) -> Any:
    """Find payments of all users.

    Newest first, page by page. An order that nobody paid has no payment: `GET /payments/sessions` finds it.
    """
    return _page(order_search.payments(_filter(query), query["limit"] + 1), query["limit"])


@blueprint.get("/sessions")
@machines(Scope.PAYMENTS_READ, users=False)
@signed_in
@blueprint.arguments(bodies.OrdersQuerySchema, location="query")
@blueprint.response(200, bodies.FoundSessionsSchema)
@refuses(Unprocessable, "bad_cursor", "bad_user_id", "filter_needed")
def search_sessions(query: dict[str, Any]) -> Any:
    """Find the sessions of an order or a buyer.

    By `reference` or `user_id`, one of which is needed; newest first, page by page.
    """
    if query["reference"] is None and query["user_id"] is None:
        complaint = "Send reference or user_id. GET /api/v1/payments finds payments without them."
        raise Unprocessable("filter_needed", complaint, {"reference": [complaint], "user_id": [complaint]})
    return _page(order_search.sessions(_filter(query), query["limit"] + 1), query["limit"])


@blueprint.post("/sessions/<name:session_id>/client-token")
@machines(Scope.SESSIONS_WRITE, users=False)
@signed_in
@blueprint.response(200, bodies.ClientTokenSchema)
@refuses(NotFound, "session_not_found")
def issue_client_token(session_id: str) -> Any:
    """Get a token for the buyer's browser.

    It reads, pays and closes this session, and nothing else. It cannot be revoked, so it is short-lived; another
    one may be had at any time. It takes no Idempotency-Key, because it changes nothing, and no token is stored.
    """
    session = checkout.existing(session_views.shown_to_shop(session_id))
    return client_tokens.issue(session.user_username, session.session_id)


def _filter(query: dict[str, Any]) -> OrderFilter:
    given, prefix = query["user_id"], services().settings.external_jwt_prefix
    username = None if given is None else buyers.username_of(given, prefix)
    times = query["since"], query["until"]
    return OrderFilter(query["reference"], username, query["status"], *times, pages.place(query["cursor"]))


def _page(rows: Sequence[Any], limit: int) -> dict[str, Any]:
    page = pages.cut(rows, limit)
    shown = [Presenter(row, user_id=shop_server.user_id(row.user_username)) for row in page["items"]]
    return page | {"items": shown}
