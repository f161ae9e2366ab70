"""The error body."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import described


class ProblemSchema(Schema):
    """RFC 9457, with a stable `code` for programs and a `detail` for people."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "title": "Conflict",
        "status": 409,
        "code": "out_of_stock",
        "detail": "Fewer pieces are available than requested. Choose a smaller quantity, or try again later.",
        "instance": "/api/v1/payments/sessions",
        "request_id": "4c1d9f0a8b2e4f53",
    }

    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, **described("Stable: branch on this, not on detail."))
    detail = fields.String(required=True, **described("What happened and what to do next."))
    instance = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True, **described("Identifies the request in the logs."))
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), **described("Messages by field."))
