"""Bodies of users: identity, inventory, login."""

import re

from marshmallow import Schema, fields, validate

from pitturu.api.schemas.fields import Text, moment

USERNAME = re.compile(r"[a-z0-9._-]+")


class CredentialsSchema(Schema):
    """A name and a password."""

    username = Text(3, 64, USERNAME, required=True)
    password = Text(10, 128, required=True, load_only=True)


class LoginSchema(Schema):
    """Any name and password may be tried; wrong ones are answered with 401."""

    username = Text(1, 64, required=True)
    password = Text(1, 128, required=True, load_only=True)


class RefreshSchema(Schema):
    """The refresh token of the last login or refresh."""

    refresh_token = Text(1, 4096, required=True)


class TokensSchema(Schema):
    """Send the access token as `Authorization: Bearer`; use the refresh token once to get the next pair."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})
    refresh_expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})


class UserSchema(Schema):
    """The identity of the caller."""

    username = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["buyer", "operator"]))


class DoneSchema(Schema):
    """The request was carried out."""

    status = fields.Constant("ok", required=True, metadata={"type": "string"})


class OwnedSchema(Schema):
    """How many units of one item the user owns."""

    item_id = fields.UUID(required=True)
    item_name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    updated_at = moment(required=True)


class InventorySchema(Schema):
    """The items the user owns, the last changed first."""

    items = fields.List(fields.Nested(OwnedSchema), required=True)
