"""Bodies of the caller's own logins, password and second factor."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import Moment, ResponseSchema, Text, described

CODE: Final[dict[str, Any]] = described("Six digits of the app, or a recovery code; spaces and hyphens are ignored.")


def code_field(**options: Any) -> Text:
    """A code of a second factor."""
    return Text(6, 40, load_only=True, **CODE, **options)


def password_field(**options: Any) -> Text:
    """A present password, which may be any text."""
    return Text(1, 128, required=True, load_only=True, **options)


class PresentPasswordSchema(Schema):
    """The present password: an access token alone changes nothing about who may log in."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"password": "six quiet rivers"}

    password = password_field()


class NewPasswordSchema(PresentPasswordSchema):
    """The present password and the next one."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"new_password": "nine loud mountains"}

    new_password = Text(10, 128, required=True, load_only=True)


class CodeSchema(Schema):
    """A code of the app."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"code": "492039"}

    code = code_field(required=True)


class PasswordAndCodeSchema(PresentPasswordSchema):
    """The present password and a code."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"code": "492039"}

    code = code_field(required=True)


class LoginOfSchema(ResponseSchema):
    """A login: a device or program that is logged in."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "address": "203.0.113.7",
        "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    }

    id = fields.UUID()
    created_at = Moment()
    last_used_at = Moment(**described("When its tokens were issued or refreshed last."))
    expires_at = Moment(**described("When it ends unless it is used before."))
    address = fields.String(allow_none=True, **described("IP address (of IPv6 the network) of the last use."))
    user_agent = fields.String(allow_none=True, **described("`User-Agent` of the last use, cut at 200 characters."))
    second_factor = fields.Boolean(**described("It passed a second factor."))


class OwnLoginSchema(LoginOfSchema):
    """A login: the devices and programs that are logged in."""

    current = fields.Boolean(**described("It is the one that this request belongs to."))


class LoginsOfSchema(ResponseSchema):
    """A user's logins that have not ended, the last used one first, at most 100."""

    items = fields.List(fields.Nested(LoginOfSchema))


class LoginsSchema(ResponseSchema):
    """The caller's logins, the last used one first."""

    items = fields.List(fields.Nested(OwnLoginSchema))


class EndedSchema(ResponseSchema):
    """The request was carried out."""

    ended = fields.Integer(**described("How many other logins have ended by it."))


class FactorSchema(ResponseSchema):
    """Whether there is a second factor."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"recovery_codes_left": 9}

    active = fields.Boolean()
    recovery_codes_left = fields.Integer()


class EnrolmentSchema(ResponseSchema):
    """What an authenticator app needs; shown once."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "otpauth_uri": "otpauth://totp/pitturu:hana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=pitturu",
    }

    secret = fields.String(**described("Base 32, to be typed in."))
    otpauth_uri = fields.String(**described("To be shown as a QR code, or opened on the phone."))


class RecoveryCodesSchema(ResponseSchema):
    """Ten codes, each of which replaces a code of the app once."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"recovery_codes": ["7k2m-9qxv-1c4d", "z8w3-5t6n-0h2j"]}

    recovery_codes = fields.List(fields.String())
