"""Bodies of API keys. The key itself is in one answer only."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Moment, ResponseSchema, Word, described, optional
from pitturu.domain.scopes import Scope
from pitturu.domain.verdict import Environment


class NewApiKeySchema(Schema):
    """What a key may do, and until when."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"scopes": ["sessions:write", "payments:read", "payments:cancel"]}

    scopes = fields.List(
        Word(Scope), required=True, validate=validate.Length(1, len(Scope)), **described("They never change.")
    )
    expires_at = Moment(**optional("ISO 8601 with zone; without one it is valid until it is ended."))


class ApiKeySchema(ResponseSchema):
    """A key of the shop's server."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "name": "shop-server",
        "shown": "sk_test_7d0m",
        "environment": "test",
        "scopes": ["sessions:write", "payments:read", "payments:cancel"],
        "created_by": "minji",
    }

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

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"key": "sk_test_7d0m3k9q2x5v8r1t4w6y0b2c4z9n1p6s"}

    key = fields.String(**described("Keep it as a secret of the server. Send it as `Authorization: Bearer`."))


class ApiKeysSchema(ResponseSchema):
    """All keys, also those that have ended, newest first."""

    items = fields.List(fields.Nested(ApiKeySchema))
