"""The error body."""

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import described


class ProblemSchema(Schema):
    """RFC 9457, with a stable `code` for programs and a `detail` for people."""

    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, **described("Stable: branch on this, not on detail."))
    detail = fields.String(required=True, **described("What happened and what to do next."))
    instance = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True, **described("Identifies the request in the logs."))
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), **described("Messages by field."))
