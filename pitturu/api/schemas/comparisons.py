"""Bodies of comparisons with PortOne's records."""

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import OptionalBody, Text, moment, nullable
from pitturu.domain.cancellation import CancelStage
from pitturu.store.reconciliations import FindingState, Kind, Scope

MOST_ON_A_PAGE = 100
MOST_FINDINGS = 500

_WHEN = "A date (a whole day in Korea), or an ISO 8601 time (in Korea's zone unless it names one)."


class CompareSchema(OptionalBody):
    """The time window to compare; yesterday in Korea by default."""

    begin = Text(
        1, 40, data_key="from", allow_none=True, load_default=None, metadata={"description": f"{_WHEN} Inclusive."}
    )
    end = Text(
        1,
        40,
        data_key="to",
        allow_none=True,
        load_default=None,
        metadata={"description": f"{_WHEN} A date is inclusive, a time is exclusive; now by default."},
    )
    heal = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=True,
        metadata={"description": "Whether differences are verified with PortOne and corrected, or only reported."},
    )


class ComparisonSchema(Schema):
    """One comparison, and its progress."""

    comparison_id = fields.String(required=True)
    scope = fields.Enum(Scope, by_value=True, required=True)
    asked_by = fields.String(required=True, metadata={"description": "A user, `terminal` or `schedule`."})
    heal = fields.Boolean(required=True)
    generations = fields.List(fields.String(), required=True)
    since = moment(required=True, data_key="from")
    until = moment(required=True, data_key="to")
    status = fields.String(required=True, validate=validate.OneOf(["running", "dead", "ended"]))
    progress = fields.Integer(required=True, metadata={"description": "Percent."})
    calls = fields.Integer(required=True)
    listed = fields.Integer(required=True, metadata={"description": "Payments that PortOne listed."})
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "Findings by kind."}
    )
    last_error = nullable(required=True)
    created_at = moment(required=True)
    ended_at = moment(required=True, allow_none=True)


class FindingSchema(Schema):
    """One difference."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    state = fields.Enum(FindingState, by_value=True, required=True)
    generation = fields.String(required=True)
    order_id = fields.String(required=True)
    provider_id = fields.String(required=True)
    what = fields.String(required=True, metadata={"description": "PortOne's id of the cancellation, if any."})
    ours = fields.String(required=True)
    theirs = fields.String(required=True)
    amount = fields.Integer(required=True, metadata={"description": "The amount in question, in won."})
    refund = fields.Enum(CancelStage, by_value=True, required=True, allow_none=True)
    words = fields.String(required=True)
    found_at = moment(required=True)
    settled_at = moment(required=True, allow_none=True)


class ComparisonReportSchema(ComparisonSchema):
    """A comparison with a page of its findings."""

    findings = fields.List(fields.Nested(FindingSchema), required=True)
    next = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`after` of the next page, null on the last one."}
    )


class ReportQuerySchema(Schema):
    """The format of the report. CSV and HTML contain all findings, JSON one page of them."""

    format = fields.String(load_default="json", validate=validate.OneOf(["json", "csv", "html"]))
    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_FINDINGS))


class ComparisonsQuerySchema(Schema):
    """Which comparisons to list."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, MOST_ON_A_PAGE))
    cursor = Text(1, 300, load_default=None, metadata={"description": "`next` of the previous page."})
    scope = fields.Enum(Scope, by_value=True, load_default=None)


class ComparisonsPageSchema(Schema):
    """Newest first."""

    items = fields.List(fields.Nested(ComparisonSchema), required=True)
    next = nullable(required=True, metadata={"description": "Cursor of the next page, null on the last one."})
