"""The endpoint of what was logged as errors, by any process."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from pitturu.api import pages
from pitturu.api.authentication import requires
from pitturu.api.contract import PREFIX, Blueprint
from pitturu.api.refusals import refuses
from pitturu.api.schemas import errors as bodies
from pitturu.domain import clock
from pitturu.domain.errors import Unprocessable
from pitturu.domain.roles import Permission
from pitturu.store import logged_errors
from pitturu.store.logged_errors import COUNTS_KEPT_FOR, LoggedError, Window, hour_of

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)

blueprint = Blueprint(
    "errors",
    __name__,
    url_prefix=f"{PREFIX}/operations/errors",
    description="For operators: what was logged as errors.",
)


@blueprint.get("")
@requires(Permission.VIEW, None)
@blueprint.arguments(bodies.ErrorsQuerySchema, location="query")
@blueprint.response(200, bodies.ErrorsSchema)
@refuses(Unprocessable, "bad_cursor", "bad_window")
def read_errors(query: dict[str, Any]) -> Any:
    """Read what was logged as errors.

    Counts by event, and the newest lines. Neither holds personal data. `next` of a line says what to do.
    """
    window = _window(query["since"], query["until"], query["event"])
    found = logged_errors.lines(window, pages.place(query["cursor"]), query["limit"] + 1)
    page = pages.cut(found, query["limit"])
    counts = logged_errors.events(window)
    shown = {"since": window.since, "until": window.until, "events": counts, "items": map(_line, page["items"])}
    return page | shown


def _window(since: datetime | None, until: datetime | None, event: str | None) -> Window:
    """Whole hours that cover what was asked for. Raises Unprocessable."""
    now = clock.now()
    earliest = now - COUNTS_KEPT_FOR
    # Neither end may leave the calendar: a day is subtracted, and an hour is added.
    end = min(max(until or now, earliest), now + DAY)
    begin = max(since or end - DAY, earliest)
    if begin >= end:
        complaint = f"`from` must be earlier than `to`, and `to` within the last {COUNTS_KEPT_FOR.days} days."
        raise Unprocessable("bad_window", complaint, {"from": [complaint]})
    return Window(hour_of(begin), hour_of(end - timedelta(microseconds=1)) + HOUR, event)


def _line(line: LoggedError) -> dict[str, Any]:
    detail = json.loads(line.detail)
    columns = {column.name: getattr(line, column.name) for column in LoggedError.__table__.columns}
    return columns | {"advice": detail.pop("next", None), "detail": detail}
