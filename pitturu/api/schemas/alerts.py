"""Bodies of alerts to operators."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Whole, Word, described
from pitturu.outbound.alerts import MOST_HOURS
from pitturu.store.alerts import Severity


class AlertsQuerySchema(PageQuery):
    """Which alerts to list."""

    open = fields.Boolean(load_default=False, **described("Only alerts that have not ended."))


class AlertRuleSchema(ResponseSchema):
    """A rule, and what it measured last."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "rule": "backlog",
        "severity": "critical",
        "title": "Work waits for too long",
        "todo": "Start more workers. If enough of them run, their log shows what keeps failing.",
        "link": "/readyz",
        "detail": "The longest waiting work (a session) is 363 s late; DUE_LIMIT is 300 s.",
        "measured_at": "2026-12-02T03:00:00.123456+00:00",
    }

    rule = fields.String(attribute="name", **described("The name by which it is muted."))
    severity = Word(Severity)
    title = fields.String(**described("What has happened when it is raised."))
    todo = fields.String(**described("What to do then."))
    link = fields.String(**described("The path at which more is shown."))
    detail = fields.String(**described("What was measured last; empty before the first time."))
    measured_at = Moment(allow_none=True)
    muted_until = Moment(allow_none=True, **described("Until then no messages are sent about it; null if they are."))


class AlertSchema(ResponseSchema):
    """One time that a rule was broken."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "alert_id": "altb6ge9k0yh9mq7xyf1r3wqwqsz",
        "rule": "backlog",
        "severity": "critical",
        "detail": "The longest waiting work (a session) is 363 s late; DUE_LIMIT is 300 s.",
    }

    alert_id = fields.String()
    rule = fields.String()
    severity = Word(Severity)
    detail = fields.String(**described("What was measured when it was raised."))
    raised_at = Moment(attribute="created_at")
    ended_at = Moment(allow_none=True, **described("Null while it is open."))
    announced_at = Moment(
        allow_none=True,
        **described("When messages were sent; null if it was muted, or nobody is in the settings."),
    )


class AlertsPageSchema(ResponseSchema):
    """All rules, and alerts, newest first."""

    rules = fields.List(fields.Nested(AlertRuleSchema))
    items = fields.List(fields.Nested(AlertSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


class MuteSchema(Schema):
    """For how long."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"hours": 2}

    hours = Whole(1, MOST_HOURS, required=True)
