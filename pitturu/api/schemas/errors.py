"""Bodies of what was logged as errors."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, Word, described
from pitturu.monitoring.process import ProcessKind
from pitturu.store.logged_errors import LONGEST_EVENT


class ErrorsQuerySchema(PageQuery):
    """Which errors to return."""

    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone; a day before `to` by default."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone; now by default."))
    event = Text(1, LONGEST_EVENT, load_default=None, **described("Only this event."))


class ErrorCountSchema(ResponseSchema):
    """How often one event was logged."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"event": "internal_error", "dropped": 0}

    event = fields.String(**described("The constant name of the event; of a library's line, the name of its logger."))
    count = fields.Integer()
    dropped = fields.Integer(**described("How many of them were counted without keeping their line."))
    first_seen = Moment(**described("In this time."))
    last_seen = Moment(**described("In this time."))


class ErrorLineSchema(ResponseSchema):
    """One line of a process's log."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "event": "internal_error",
        "level": "ERROR",
        "logger": "pitturu.api.problems",
        "process": "web",
        "host": "web-1",
        "detail": {"path": "/api/v1/payments/sessions", "method": "POST"},
    }

    at = Moment(attribute="created_at")
    event = fields.String()
    level = fields.String()
    logger = fields.String()
    process = Word(ProcessKind)
    host = fields.String()
    request_id = fields.String(allow_none=True, **described("The request that led to it, as in every log line."))
    advice = fields.String(data_key="next", allow_none=True, **described("What to do, or what happens next."))
    detail = fields.Dict(
        keys=fields.String(), **described("The other data of the line. `why` accepts the id in `about`.")
    )
    traceback = fields.String(
        allow_none=True,
        **described("Where the exception was raised. Messages of exceptions are only in the log of the process."),
    )


class ErrorsSchema(ResponseSchema):
    """Counts of whole hours, the most frequent event first, and a page of the lines, newest first."""

    since = Moment(data_key="from", **described("Inclusive: the beginning of an hour."))
    until = Moment(data_key="to", **described("Exclusive: the end of an hour."))
    events = fields.List(fields.Nested(ErrorCountSchema))
    items = fields.List(fields.Nested(ErrorLineSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page of lines, null on the last one."))
