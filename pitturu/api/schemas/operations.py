"""Bodies for operators: work that needs attention, the reason, and how to resume it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from pitturu.api.schemas.fields import (
    Moment,
    ResponseSchema,
    Text,
    Whole,
    Word,
    described,
    filled,
    optional,
    provider_id,
)
from pitturu.domain.work import NextActor, Remedy, Stuck
from pitturu.registry import REGISTRY
from pitturu.store.acknowledgements import LONGEST_NOTE
from pitturu.store.invariants import Scope

MOST_AT_ONCE: Final = 100
"""Rows replayed by one request: few enough that no buyer waits long for their locks."""

MOST_SHOWN: Final = 500
LONGEST_AGE: Final = 366 * 86_400

_KINDS: Final = [rows.name for rows in REGISTRY.row_kinds]
_NAMES: Final = [(kind.name, kind.name) for kind in REGISTRY.named_kinds]
KindOfWork: Final = StrEnum("KindOfWork", _NAMES)  # type: ignore[misc] # mypy wants literals.


class ExplanationSchema(ResponseSchema):
    """One object, what it waits for, and who has to do what."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "kind": "cancellation",
        "id": "can5b1v6r0n4k9g2d7z3x8t1q6m3y",
        "status": "requested",
        "waits_for": "an operator: sending the cancel to PortOne failed, and its tries ran out",
        "turn": "operator",
        "todo": "Remove the cause that last_error names, then replay it.",
        "attempts": 50,
        "last_error": "PortOne did not answer within 35 s.",
        "dead_since": "2026-12-02T03:00:00.123456+00:00",
    }

    kind = Word(KindOfWork)
    id = fields.String(**described("The id that `why` and `replay` accept."))
    status = fields.String()
    waits_for = fields.String(**described("In words."))
    turn = Word(NextActor, attribute="next_actor", **described("Who has to act next."))
    todo = fields.String(**described("What to do."))
    since = Moment(**described("Since when it has this status."))
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    next_try = Moment(allow_none=True)
    dead_since = Moment(allow_none=True, **described("When it ran out of attempts."))


class WhySchema(ResponseSchema):
    """The object that was named, followed by everything related to it."""

    items = fields.List(fields.Nested(ExplanationSchema))


class AcknowledgedSchema(ResponseSchema):
    """Who said that nothing is left to do, and why."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"by": "minji", "note": "Refunded by bank transfer on 1 December."}

    by = fields.String(allow_none=True)
    note = fields.String()
    at = Moment()


class CaseSchema(ExplanationSchema):
    """One object that waits for an operator, the order that it is about, and what this operator may do about it."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "reason": "dead",
        "actions": ["replay", "acknowledge"],
        "acknowledged": None,
    }

    reason = Word(Stuck)
    waiting_since = Moment()
    session_id = fields.String(allow_none=True)
    merchant_uid = fields.String(allow_none=True)
    payment_id = fields.String(allow_none=True)
    amount = fields.Integer(allow_none=True, **described("Won, of a session or a cancel."))
    actions = fields.List(
        Word(Remedy),
        **described(
            "`replay`: POST /operations/replay. `refund`, `refund_account`: POST /payments/{payment_id}/cancel, with "
            "`refund_account` if it says so. `decide`: POST /operations/approvals/{id}/approve or /reject. "
            "`acknowledge`: POST /operations/acknowledge."
        ),
    )
    acknowledged = fields.Nested(AcknowledgedSchema, allow_none=True)


class CaseCountSchema(ResponseSchema):
    """How many objects of one kind wait for one reason."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"kind": "cancellation", "reason": "dead", "count": 1}

    kind = Word(KindOfWork)
    reason = Word(Stuck)
    count = fields.Integer()


class DeadQuerySchema(Schema):
    """Which work that needs attention to list."""

    kind = Word(KindOfWork, load_default=None, validate=validate.OneOf(_KINDS))
    reason = Word(Stuck, load_default=None)
    acknowledged = fields.Boolean(
        load_default=False, **described("Those that operators have acknowledged, in place of those that wait.")
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST_SHOWN))


class DeadSchema(ResponseSchema):
    """The longest waiting first. `total` counts all, including those beyond `limit`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"total": 1}

    items = fields.List(fields.Nested(CaseSchema))
    total = fields.Integer()
    counts = fields.List(
        fields.Nested(CaseCountSchema), **described("Of `kind`, for every reason; what has none is left out.")
    )


class AcknowledgeSchema(Schema):
    """Objects that nothing is left to do about, and why."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "ids": ["can5b1v6r0n4k9g2d7z3x8t1q6m3y"],
        "note": "Refunded by bank transfer on 1 December.",
    }

    ids = fields.List(provider_id(), required=True, validate=validate.Length(1, MOST_AT_ONCE))
    note = Text(
        1,
        LONGEST_NOTE,
        filled,
        required=True,
        **described("Without personal data: it is in the operator log, which nobody can change."),
    )


class ReplaySchema(Schema):
    """Either `ids`, or `kind`, or `all`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"ids": ["can5b1v6r0n4k9g2d7z3x8t1q6m3y"]}

    ids = fields.List(provider_id(), validate=validate.Length(1, MOST_AT_ONCE), **optional())
    kind = Word(KindOfWork, validate=validate.OneOf(_KINDS), **optional())
    all = fields.Boolean(load_default=False)
    older_than = Whole(0, LONGEST_AGE, **optional("With `kind` or `all`: seconds since it ran out of attempts."))

    @validates_schema
    def one_way(self, data: dict[str, object], **_: object) -> None:
        """Ids and a selection are mutually exclusive."""
        some, many = data.get("ids") is not None, bool(data.get("all")) or data.get("kind") is not None
        if some == many:
            raise ValidationError("Send exactly one of: ids; kind or all: true.", "ids")
        if some and data.get("older_than") is not None:
            raise ValidationError(
                "This can only be combined with kind or all: ids are replayed whatever their age.", "older_than"
            )


class LeftAloneSchema(ResponseSchema):
    """What was named and cannot be replayed."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"id": "pay9x4t7q1m6k2h8d3b5z0w7s2p1n", "reason": "It waits for nothing."}

    id = fields.String()
    reason = fields.String()


class AcknowledgementsSchema(ResponseSchema):
    """What is on the list no more (or again, after DELETE)."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"acknowledged": ["can5b1v6r0n4k9g2d7z3x8t1q6m3y"]}

    acknowledged = fields.List(fields.String())
    left_alone = fields.List(fields.Nested(LeftAloneSchema))


class ReplayedSchema(ResponseSchema):
    """What is due again. `remaining` counts selected rows beyond the limit of one request."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"replayed": ["can5b1v6r0n4k9g2d7z3x8t1q6m3y"], "remaining": 0}

    replayed = fields.List(fields.String())
    left_alone = fields.List(fields.Nested(LeftAloneSchema))
    remaining = fields.Integer()


class AuditRunSchema(ResponseSchema):
    """The last audit of one scope: of recent changes, or of everything."""

    scope = Word(Scope)
    started_at = Moment()
    ended_at = Moment(allow_none=True, **described("Null until the first one has ended."))


class ViolationSchema(ResponseSchema):
    """One invariant that was broken at the last audit."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "invariant": "accepted_on_our_channels",
        "rows": ["pay9x4t7q1m6k2h8d3b5z0w7s2p1n"],
        "advice": "Compare PORTONE_ENVIRONMENT with the channels in PortOne's console.",
    }

    invariant = fields.String()
    rows = fields.List(fields.String(), **described("Ids that `why` accepts; at most 20."))
    since = Moment()
    advice = fields.String()


class AuditSchema(ResponseSchema):
    """The result of the audits."""

    runs = fields.List(fields.Nested(AuditRunSchema))
    violations = fields.List(fields.Nested(ViolationSchema))
