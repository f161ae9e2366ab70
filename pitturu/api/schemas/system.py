"""Bodies of the state of the system."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import Moment, ResponseSchema, Word, described
from pitturu.api.schemas.operations import KindOfWork
from pitturu.api.schemas.overview import DurationsSchema
from pitturu.domain.jobs import Queue
from pitturu.domain.provider import Generation
from pitturu.domain.verdict import Environment
from pitturu.monitoring.statistics import MOST_DUE


class CheckSchema(ResponseSchema):
    """One check of /readyz."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"name": "redis", "ok": True, "detail": "answers"}

    name = fields.String()
    ok = fields.Boolean()
    detail = fields.String(**described("What to do, when it is not ok."))


class MigrationsSchema(ResponseSchema):
    """They differ while a release is deployed, or if that was forgotten."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"database": ["0027"], "code": ["0027"]}

    database = fields.List(fields.String())
    code = fields.List(fields.String())


class BacklogSchema(ResponseSchema):
    """One kind of work."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "job": "payments.verify",
        "kind": "session",
        "queue": "buyers",
        "due": 3,
        "oldest_overdue_s": 0.4,
    }

    job = fields.String()
    kind = Word(KindOfWork, **described("The kind of its rows."))
    queue = Word(Queue)
    due = fields.Integer(**described(f"Rows that a worker may take now, counted up to {MOST_DUE}."))
    oldest_overdue_s = fields.Float(allow_none=True, **described("How many seconds the longest waiting one is late."))


class DeadCountSchema(ResponseSchema):
    """Rows of one kind that ran out of tries and that nobody has acknowledged."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"kind": "session", "count": 0}

    kind = Word(KindOfWork)
    count = fields.Integer()


class ProcessesSchema(ResponseSchema):
    """The processes of one kind. A `sweep` is a run of housekeeping by any worker."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "kind": "worker",
        "alive": 2,
        "last_seen": "2026-12-02T03:00:00.123456+00:00",
        "age_s": 1.4,
    }

    kind = fields.String()
    alive = fields.Integer()
    last_seen = Moment(allow_none=True)
    age_s = fields.Float(allow_none=True)


class QueueLengthSchema(ResponseSchema):
    """Wake-ups that no worker has received yet."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"name": "buyers", "length": 0}

    name = Word(Queue)
    length = fields.Integer()


class PortOneSchema(ResponseSchema):
    """Calls to one of PortOne's APIs, as the living workers counted them. The percentiles are approximate."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "since_s": 300,
        "calls": 120,
        "errors": 1,
        "keys_refused": 0,
        "mean_ms": 180,
        "p50_ms": 150,
        "p95_ms": 420,
    }

    generation = Word(Generation)
    since_s = fields.Integer(**described("Of how many seconds: up to five minutes, fewer after a start."))
    calls = fields.Integer()
    errors = fields.Integer(**described("Calls that it did not serve; an answer that refuses a request is none."))
    keys_refused = fields.Integer(**described("Those that were answered with 401 or 403."))
    mean_ms = fields.Integer(allow_none=True)
    p50_ms = fields.Integer(allow_none=True)
    p95_ms = fields.Integer(allow_none=True)
    refused_at = Moment(allow_none=True, **described("When it last refused our keys, within a day."))
    refused_reason = fields.String(allow_none=True)


class AlertCountsSchema(ResponseSchema):
    """Alerts that are open, and rules whose messages are muted."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"open": 0, "muted": 0}

    open = fields.Integer()
    muted = fields.Integer()


class RollupsSchema(ResponseSchema):
    """Up to when the overview's figures are counted; null while they are counted anew."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"as_of": "2026-12-02T03:00:00.123456+00:00", "age_s": 3.1}

    as_of = Moment(allow_none=True)
    age_s = fields.Float(allow_none=True)


class SystemSchema(ResponseSchema):
    """The state of the system."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"attention": {"orphaned_webhooks": 0, "dead_payment_sessions": 0}}

    at = Moment()
    release = fields.String(allow_none=True, **described("SENTRY_RELEASE."))
    environment = Word(Environment, **described("PORTONE_ENVIRONMENT."))
    checks = fields.List(fields.Nested(CheckSchema))
    migrations = fields.Nested(MigrationsSchema)
    work = fields.List(fields.Nested(BacklogSchema))
    dead = fields.List(fields.Nested(DeadCountSchema))
    processes = fields.List(fields.Nested(ProcessesSchema))
    queues = fields.List(
        fields.Nested(QueueLengthSchema),
        allow_none=True,
        **described("Null where the broker is not Redis, or does not answer."),
    )
    portone = fields.List(fields.Nested(PortOneSchema))
    webhook_lag = fields.Nested(DurationsSchema, **described("From receipt until its answer was applied."))
    webhook_lag_since = Moment()
    alerts = fields.Nested(AlertCountsSchema)
    rollups = fields.Nested(RollupsSchema)
    attention = fields.Dict(
        keys=fields.String(), values=fields.Integer(), **described("What needs an operator, as in /readyz.")
    )
