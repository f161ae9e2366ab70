"""Endpoints for operators: the orders of the shop, found by whatever an operator knows of them, and as a file."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Response

from pitturu.api import operator_lines, order_csv, pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.presenter import Presenter
from pitturu.api.problems import Unavailable
from pitturu.api.refusals import refuses
from pitturu.api.schemas import order_listing as bodies
from pitturu.domain import clock, order_query
from pitturu.domain.errors import Unprocessable
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission
from pitturu.extensions import db
from pitturu.services import web_services
from pitturu.store import autocommit
from pitturu.store.order_listing import ListFilter, Listing, Page
from pitturu.store.order_matches import Read

blueprint = Blueprint(
    "order_listing",
    __name__,
    url_prefix=f"{PREFIX}/operations",
    description="For operators: the orders of the shop, and their payments.",
)

LINES_AT_ONCE: Final = 500
"""Orders of an export that are read and sent together."""

_HIDDEN: Final = {"buyer_name": None, "buyer_email": None, "buyer_tel": None}
"""In place of what was erased."""


@blueprint.get("/payments")
@requires(Permission.VIEW, OperatorAction.READ_PAYMENTS)
@blueprint.arguments(bodies.OrderListQuerySchema, location="query")
@blueprint.response(200, bodies.OrderPageSchema)
@refuses(Unprocessable, "bad_cursor", "search_too_short")
def list_payments(query: dict[str, Any]) -> Any:
    """Find orders and their payments.

    Newest first, one row an order. `q` is looked for in everything that an operator may know of an order. A page with
    few rows may have a `next` one: `searched_until` says how far back has been searched. An order is found by its
    buyer's data when it is registered with PortOne, and until these are erased; by its ids and user always. Money at
    PortOne of an order that was never issued here is found by its ids.
    """
    limit, before, asked = query.pop("limit"), pages.place(query.pop("cursor")), _asked(query)
    page = _listing(query, lambda statement, values: db.session.execute(statement, values).all()).page(before, limit)
    operator_lines.about(detail=f"{len(page.rows)} orders shown; {asked}")
    following = None if page.next is None else pages.cursor(*page.next)
    return {"items": _shown(page), "next": following, "searched_until": page.searched_until}


@blueprint.get("/payments.csv")
@requires(Permission.VIEW, OperatorAction.EXPORT_PAYMENTS)
@blueprint.arguments(bodies.OrderExportQuerySchema, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv", example="session_id,payment_id,…")
@refuses(Unprocessable, "search_too_short")
@refuses(Unavailable, "exports_busy")
def export_payments(query: dict[str, Any]) -> Any:
    """Export orders and their payments as CSV.

    What the list shows, all pages of it: UTF-8 with a byte order mark, one header row, times of Korea. Text that a
    spreadsheet could take for a formula begins with an apostrophe. A file whose transfer breaks off is incomplete.
    """
    language, asked = query.pop("language"), _asked(query)
    end = web_services().exports.begin()
    try:
        # Without a transaction: the connection is back in the pool before anything is sent, so that a client that
        # reads slowly holds none, and no snapshot is kept while a million lines are sent.
        listing = _listing(query, autocommit.reader())
        chunks = _chunks(listing, language, listing.page(None, LINES_AT_ONCE), end)
        response = Response(chunks, content_type="text/csv; charset=utf-8")
    except BaseException:
        end()
        raise
    # A client that leaves before the first chunk never starts the generator.
    response.call_on_close(end)
    name = f"payments-{clock.now().astimezone(clock.SEOUL):%Y%m%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    operator_lines.about(detail=asked)
    return response


def _chunks(listing: Listing, language: bodies.ExportLanguage, page: Page, end: Callable[[], None]) -> Iterator[str]:
    yield order_csv.header(language)
    while page.next is not None:
        if page.rows:
            yield order_csv.lines(_shown(page))
        page = listing.page(page.next, LINES_AT_ONCE)
    end()
    yield order_csv.lines(_shown(page))


def _listing(query: dict[str, Any], read: Read) -> Listing:
    typed = query.pop("q")
    return Listing(ListFilter(**query), None if typed is None else order_query.parse(typed), read)


def _asked(query: dict[str, Any]) -> str:
    """What was asked for, without `q`, which may be a buyer's name."""
    given = {name: value for name, value in query.items() if value is not None}
    return "; ".join(name if name == "q" else f"{name} {value}" for name, value in given.items()) or "no filter"


def _shown(page: Page) -> list[Any]:
    return [Presenter(row, **(_HIDDEN if getattr(row, "buyer_erased_at", None) else {})) for row in page.rows]
