"""Bodies of users: identity, inventory, login."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import (
    Moment,
    OptionalBody,
    PageQuery,
    ResponseSchema,
    Text,
    Word,
    described,
    matching,
    optional,
)
from pitturu.api.schemas.logins import code_field
from pitturu.domain.roles import Permission, Role

USERNAME = matching(re.compile(r"[a-z0-9._-]+"))


COOKIE: Final[dict[str, Any]] = described("Put the refresh token into an HttpOnly cookie; for pages of this origin.")


class CredentialsSchema(Schema):
    """A name and a password."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"password": "six quiet rivers"}

    username = Text(3, 64, USERNAME, required=True)
    password = Text(10, 128, required=True, load_only=True)


class LoginSchema(Schema):
    """Any name and password may be tried; wrong ones are answered with 401."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"password": "six quiet rivers", "code": "492039"}

    username = Text(1, 64, required=True)
    password = Text(1, 128, required=True, load_only=True)
    code = code_field(allow_none=True, load_default=None)
    cookie = fields.Boolean(load_default=False, **COOKIE)


class LogoutSchema(OptionalBody):
    """The refresh token of the last login or refresh; without one it is the cookie's."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoYW5hIn0.c2lnbmF0dXJl"}

    refresh_token = Text(1, 4096, **optional())


class RefreshSchema(LogoutSchema):
    """The refresh token of the last login or refresh; without one it is the cookie's."""

    cookie = fields.Boolean(load_default=False, **COOKIE)


class TokensSchema(ResponseSchema):
    """Send the access token as `Authorization: Bearer`; use the refresh token once to get the next pair."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoYW5hIn0.YWNjZXNz",
        "refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJoYW5hIn0.cmVmcmVzaA",
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_expires_in": 2_592_000,
    }

    access_token = fields.String()
    refresh_token = fields.String(allow_none=True, **described("Null if it is in the cookie."))
    token_type = fields.String()
    expires_in = fields.Integer(**described("Seconds."))
    refresh_expires_in = fields.Integer(**described("Seconds."))


class UserSchema(ResponseSchema):
    """The identity of the caller."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"role": "support", "permissions": ["view"]}

    username = fields.String()
    role = Word(Role)
    permissions = fields.List(Word(Permission), **described("What the caller may do with what belongs to others."))


class DoneSchema(ResponseSchema):
    """The request was carried out."""

    status = fields.Constant("ok", metadata={"type": "string"})


class OwnedSchema(ResponseSchema):
    """How many units of one item the user owns."""

    item_id = fields.UUID()
    item_name = fields.String()
    quantity = fields.Integer()
    updated_at = Moment()


class BuyerSchema(ResponseSchema):
    """Who buys, and where it is sent to."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "buyer_name": "김하나",
        "buyer_email": "hana@example.com",
        "buyer_tel": "010-1234-5678",
        "buyer_addr": "서울 강남구 테헤란로 1",
        "buyer_postcode": "06236",
    }

    buyer_name = fields.String()
    buyer_email = fields.String()
    buyer_tel = fields.String()
    buyer_addr = fields.String(allow_none=True)
    buyer_postcode = fields.String(allow_none=True)


class LastBuyerSchema(ResponseSchema):
    """The buyer's data of the caller's last order, null if there is none."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"buyer": BuyerSchema.EXAMPLE}

    buyer = fields.Nested(BuyerSchema, allow_none=True)


class InventorySchema(ResponseSchema):
    """The items the user owns, the last changed first."""

    items = fields.List(fields.Nested(OwnedSchema))


class PeopleQuerySchema(PageQuery):
    """Which users to list."""

    search = Text(1, 255, load_default=None, **described("Part of the name, regardless of case."))
    role = Word(Role, load_default=None)


class PersonSchema(ResponseSchema):
    """One user."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"username": "minji", "role": "finance"}

    user_id = fields.UUID(attribute="id")
    username = fields.String()
    role = Word(Role, **described("Of logins here."))
    role_limit = Word(
        Role,
        allow_none=True,
        **described("The highest role that an outside issuer's token gives; null while nobody has set the role here."),
    )
    logs_in = fields.Boolean(**described("False for users of an outside issuer, and erased ones."))
    erased_at = Moment(allow_none=True)
    created_at = Moment()


class PeopleSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(PersonSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


class RoleSchema(Schema):
    """The role to give."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"role": "finance"}

    role = Word(Role, required=True)


class EndedLoginsSchema(ResponseSchema):
    """How many logins were ended."""

    ended = fields.Integer()
