"""Bodies of API keys. The key itself is in one answer only."""

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, ResponseSchema, Word, described, optional
from pitturu.domain.scopes import Scope
from pitturu.domain.verdict import Environment


class NewApiKeySchema(Schema):
    """What a key may do, and until when."""

    scopes = fields.List(
        Word(Scope), required=True, validate=validate.Length(1, len(Scope)), **described("They never change.")
    )
    expires_at = Moment(**optional("ISO 8601 with zone; without one it is valid until it is ended."))


class ApiKeySchema(ResponseSchema):
    """A key of the shop's server."""

    name = fields.String(**described("As timelines, logs and rates name it. It is never used again."))
    shown = fields.String(**described("The beginning of the key."))
    environment = Word(Environment, **described("Of the payments of the installation that made it."))
    scopes = fields.List(Word(Scope))
    created_at = Moment()
    created_by = fields.String(allow_none=True, **described("Null for somebody at a terminal."))
    last_used_at = Moment(allow_none=True, **described("Exact to five minutes."))
    expires_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)


class NewlyMadeApiKeySchema(ApiKeySchema):
    """A new key. This is the only answer that has it."""

    key = fields.String(**described("Keep it as a secret of the server. Send it as `Authorization: Bearer`."))


class ApiKeysSchema(ResponseSchema):
    """All keys, also those that have ended, newest first."""

    items = fields.List(fields.Nested(ApiKeySchema))
