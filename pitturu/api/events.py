"""Events for the shop's own systems: GET /events in an order that never changes, and the newest for people who look."""

from collections.abc import Sequence
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

from pitturu.api import operator_lines, pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import shop_events as bodies
from pitturu.domain.errors import Unprocessable
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission
from pitturu.domain.shop_events import STORED
from pitturu.services import services
from pitturu.store import shop_events
from pitturu.store.shop_events import Cursor
from pitturu.store.unit_of_work import repeatable_read

blueprint = Blueprint(
    "events", __name__, url_prefix=f"{PREFIX}/events", description="For the shop's own systems: what happened."
)

BEGINNING: Final = Cursor(0, 0)

LATEST: Final = "latest"
"""In place of a cursor: the end of all events. No cursor of ours is a single word."""


@blueprint.get("")
@requires(Permission.READ_EVENTS, OperatorAction.READ_EVENTS)
@blueprint.arguments(bodies.EventsQuerySchema, location="query")
@blueprint.response(200, bodies.EventsSchema)
@refuses(Unprocessable, "bad_cursor", "unknown_event_type")
def list_events(query: dict[str, Any]) -> Any:
    """Read events after a cursor.

    Oldest first. Whoever goes on with `cursor` misses none, and gets none twice.

    Two changes of one session at the same moment may come in the other order: `sequence` is the order of a session. An
    event appears when every transaction that began before it has ended, usually within milliseconds. Events are
    kept for 90 days. With `after=latest` there are none, and `cursor` is the end: for what happens from now on.
    """
    repeatable_read()
    if query["after"] == LATEST:
        operator_lines.discard()
        return {"items": [], "cursor": _signer().dumps(shop_events.end()), "more": False}
    limit, after = query["limit"], _place(query["after"])
    found = shop_events.page(after, _types(query["types"]), limit + 1)
    shown, more = found[:limit], len(found) > limit
    if shown:
        operator_lines.about(detail=f"{len(shown)} events shown")
    else:
        operator_lines.discard()
    # At the end also beyond events of other types, or every further request would read these again.
    last = shown[-1].cursor if more else max(after, shop_events.end())
    return {"items": [one.payload for one in shown], "cursor": _signer().dumps(last), "more": more}


@blueprint.get("/recent")
@requires(Permission.READ_EVENTS, OperatorAction.READ_EVENTS)
@blueprint.arguments(bodies.RecentEventsQuerySchema, location="query")
@blueprint.response(200, bodies.RecentEventsSchema)
@refuses(Unprocessable, "bad_cursor")
def list_recent_events(query: dict[str, Any]) -> Any:
    """List recent events.

    Newest first, for people: an event that is committed late may be missing on a page that was read before. Systems
    that must not miss any read `GET /events`.
    """
    limit, before = query["limit"], pages.place(query["cursor"])
    found = shop_events.recent(query["type"], query["since"], query["until"], before, limit + 1)
    page = pages.cut(found, limit)
    if found:
        operator_lines.about(detail=f"{len(page['items'])} events shown")
    else:
        operator_lines.discard()
    return page | {"items": [one.payload for one in page["items"]]}


def _types(listed: str | None) -> Sequence[str]:
    types = [] if listed is None else [word.strip() for word in listed.split(",")]
    known = [kind.value for kind in STORED]
    if unknown := set(types) - set(known):
        complaint = f"No event has the type {', '.join(sorted(unknown))}. There are: {', '.join(known)}."
        raise Unprocessable("unknown_event_type", complaint, {"types": [complaint]})
    return types


def _place(cursor: str | None) -> Cursor:
    """The position in one of our cursors. Raises Unprocessable for any other text."""
    if cursor is None:
        return BEGINNING
    try:
        transaction_id, number = _signer().loads(cursor)
    except BadData as error:
        complaint = "This cursor is invalid. Use `cursor` of an answer, or leave it out to start with the oldest event."
        raise Unprocessable("bad_cursor", complaint, {"after": [complaint]}) from error
    return Cursor(transaction_id, number)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(services().settings.secret_key, salt="place among events")
