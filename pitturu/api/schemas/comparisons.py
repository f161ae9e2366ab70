"""Bodies of comparisons with PortOne's records."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, OptionalBody, PageQuery, ResponseSchema, Text, Word, described, optional
from pitturu.domain.cancellation import CancelStage
from pitturu.store.reconciliations import FindingState, Kind, Scope

MOST_FINDINGS = 500

_WHEN = "A date (a whole day in Korea), or an ISO 8601 time (in Korea's zone unless it names one)."


class CompareSchema(OptionalBody):
    """The time window to compare; yesterday in Korea by default."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"begin": "2026-12-01", "end": "2026-12-01", "heal": True}

    begin = Text(1, 40, data_key="from", **optional(f"{_WHEN} Inclusive."))
    end = Text(1, 40, data_key="to", **optional(f"{_WHEN} A date is inclusive, a time is exclusive; now by default."))
    heal = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=True,
        **described("Whether differences are verified with PortOne and corrected, or only reported."),
    )


class ComparisonSchema(ResponseSchema):
    """One comparison, and its progress."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "asked_by": "minji",
        "generations": ["v1", "v2"],
        "since": "2026-11-30T15:00:00+00:00",
        "until": "2026-12-01T15:00:00+00:00",
        "status": "ended",
        "progress": 100,
        "calls": 8,
        "listed": 412,
        "counts": {"amount": 1},
        "states": {"open": 1, "asked": 0, "healed": 0},
        "ended_at": "2026-12-02T03:00:05.123456+00:00",
    }

    comparison_id = fields.String()
    scope = Word(Scope)
    asked_by = fields.String(**described("A user, `terminal` or `schedule`."))
    heal = fields.Boolean()
    generations = fields.List(fields.String())
    since = Moment(data_key="from", attribute="from")
    until = Moment(data_key="to", attribute="to")
    status = fields.String(validate=validate.OneOf(["running", "dead", "ended"]))
    progress = fields.Integer(**described("Percent."))
    calls = fields.Integer()
    listed = fields.Integer(**described("Payments that PortOne listed."))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), **described("Findings by kind."))
    states = fields.Dict(
        keys=fields.String(validate=validate.OneOf([*FindingState])),
        values=fields.Integer(),
        **described("Findings by state: `open` need an operator."),
    )
    last_error = fields.String(allow_none=True)
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class FindingSchema(ResponseSchema):
    """One difference."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "order_id": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
        "provider_id": "imp_448280090638",
        "what": "",
        "ours": "24000",
        "theirs": "12000",
        "words": "PortOne cancelled 12000 won of it that we do not know.",
        "generation": "v1",
    }

    kind = Word(Kind)
    state = Word(FindingState)
    generation = fields.String()
    order_id = fields.String()
    provider_id = fields.String()
    what = fields.String(**described("PortOne's id of the cancellation, or the number of the cash receipt, if any."))
    ours = fields.String()
    theirs = fields.String()
    amount = fields.Integer(**described("The amount in question, in won."))
    refund = Word(CancelStage, allow_none=True)
    words = fields.String()
    found_at = Moment()
    settled_at = Moment(allow_none=True)


class ComparisonReportSchema(ComparisonSchema):
    """A comparison with a page of its findings."""

    findings = fields.List(fields.Nested(FindingSchema))
    next = fields.Integer(allow_none=True, **described("`after` of the next page, null on the last one."))


class ReportQuerySchema(Schema):
    """The format of the report. CSV and HTML contain all findings, JSON one page of them."""

    state = Word(FindingState, load_default=None, **described("In JSON: only findings of this state."))
    format = fields.String(load_default="json", validate=validate.OneOf(["json", "csv", "html"]))
    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_FINDINGS))


class ComparisonsQuerySchema(PageQuery):
    """Which comparisons to list."""

    scope = Word(Scope, load_default=None)


class ComparisonsPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(ComparisonSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
