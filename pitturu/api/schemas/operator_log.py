"""Bodies of the operator log."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from pitturu.api.schemas.fields import Moment, PageQuery, ResponseSchema, Text, Word, described
from pitturu.domain.operator_actions import EntryPoint, OperatorAction
from pitturu.domain.roles import Role


class OperatorLogQuerySchema(PageQuery):
    """Which lines to return."""

    who = Text(1, 255, load_default=None, **described("The operator."))
    whom = Text(1, 255, load_default=None, **described("The user concerned."))
    action = Word(OperatorAction, load_default=None)
    since = Moment(data_key="from", load_default=None, **described("ISO 8601 with zone, inclusive."))
    until = Moment(data_key="to", load_default=None, **described("ISO 8601 with zone, exclusive."))


class OperatorLogLineSchema(ResponseSchema):
    """One action of an operator."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "who": "minji",
        "role": "finance",
        "entry_point": "http",
        "action": "cancel",
        "whom": "hana",
        "what_kind": "payment",
        "what_id": "pay9x4t7q1m6k2h8d3b5z0w7s2p1n",
        "detail": "quantity 1",
    }

    at = Moment(attribute="created_at")
    who = fields.String(**described("The user, or `cli:` and the user of the machine at a terminal."))
    role = Word(Role, allow_none=True, **described("At that time; null at a terminal."))
    entry_point = Word(EntryPoint)
    action = Word(OperatorAction)
    whom = fields.String(allow_none=True, **described("The user concerned; a pseudonym once that user was erased."))
    what_kind = fields.String(allow_none=True)
    what_id = fields.String(allow_none=True)
    address = fields.String(allow_none=True, **described("The client's IP address."))
    request_id = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)


class OperatorLogPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(OperatorLogLineSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
