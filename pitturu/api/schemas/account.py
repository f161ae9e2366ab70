"""Bodies of the caller's own e-mail address, password reset and personal data."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields

from pitturu.api.schemas.fields import Moment, ResponseSchema, Text, described
from pitturu.api.schemas.logins import PresentPasswordSchema, code_field
from pitturu.api.schemas.people import OwnedSchema
from pitturu.config.notices import LONGEST_ADDRESS, is_address


def address(text: str) -> None:
    """The validator of one plain e-mail address with a domain."""
    if not is_address(text) or "." not in text.rpartition("@")[2]:
        raise ValidationError("This is no e-mail address like name@example.com.")


class ProofSchema(PresentPasswordSchema):
    """The present password, and a code where the account has a second factor."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"code": "492039"}

    code = code_field(allow_none=True, load_default=None)


class NewEmailSchema(ProofSchema):
    """The address that a code is mailed to."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"email": "hana@example.org"}

    email = Text(3, LONGEST_ADDRESS, address, required=True)


class EmailCodeSchema(Schema):
    """The code that was mailed to the new address."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"email_code": "K7QM-2XWD"}

    email_code = Text(8, 40, required=True, load_only=True, **described("Case, spaces and hyphens are ignored."))


class OwnEmailSchema(ResponseSchema):
    """The verified address of the account, and the one that waits for its code."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"email": "hana@example.org", "verified_at": "2026-12-02T03:00:00+00:00"}

    email = fields.String(allow_none=True)
    verified_at = Moment(allow_none=True)
    pending = fields.String(allow_none=True, **described("It counts once its code was entered."))
    pending_until = Moment(allow_none=True)
    available = fields.Boolean(**described("False where this installation sends no mail: nothing can be verified."))


class ResetRequestSchema(Schema):
    """Whose password was forgotten."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"account": "hana@example.org"}

    account = Text(1, LONGEST_ADDRESS, required=True, **described("The user name, or the verified e-mail address."))


class NewPasswordByLinkSchema(Schema):
    """The token of the mailed link, and the next password."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "token": "q3Jm0sTfU5mJYkQbB0mYw2nX7pC4vR9tLd6hGzE1aKo",
        "new_password": "nine loud mountains",
        "code": "492039",
    }

    token = Text(20, 100, required=True, load_only=True)
    new_password = Text(10, 128, required=True, load_only=True)
    code = code_field(allow_none=True, load_default=None)


class EraseSchema(ProofSchema):
    """What proves that the owner means it."""

    username = Text(1, 255, required=True, **described("The name of the account, typed once more."))


class ExportSchema(ResponseSchema):
    """Everything that is stored about the caller. Amounts are in won, times in ISO 8601."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "account": {"username": "hana", "email": "hana@example.org"},
        "logins": [{"address": "203.0.113.7", "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}],
        "orders": [{"session_id": "ses7d0m3k9q2x5v8r1t4w6y0b2c4z", "lines": [], "payments": [], "refunds": []}],
    }

    exported_at = Moment()
    account = fields.Dict(**described("Name, role, e-mail address, second factor."))
    logins = fields.List(fields.Dict(), **described("Where the account is logged in."))
    owned = fields.List(fields.Nested(OwnedSchema), **described("What was paid and not given back."))
    orders = fields.List(
        fields.Dict(),
        **described("Oldest first, each with `lines`, `payments`, `refunds`, `cash_receipts`, `shipments`, `events`."),
    )
