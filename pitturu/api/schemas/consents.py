"""Bodies of what a shop asks its buyers to agree to."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, fields, post_load, validate

from pitturu.api.schemas.checkout import MessageSchema
from pitturu.api.schemas.fields import ResponseSchema, Text, described
from pitturu.domain.consents import LONGEST_ID, MOST

VERSION: Final = described("SHA-256 of all that the buyer sees of it, in hexadecimal.")

_VERSION: Final = "9c1f0e5b7a3d2c4e8f6a1b0d9e7c5f3a2b4d6e8f0a1c3e5d7f9b2a4c6e8d0f1b"


class GivenConsentSchema(Schema):
    """A text that the buyer agreed to, in the version that they saw."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"id": "terms", "version": _VERSION}

    id = Text(1, LONGEST_ID, required=True)
    version = Text(1, 64, required=True)

    @post_load
    def as_pair(self, data: dict[str, Any], **_: Any) -> tuple[str, str]:
        """The id and the version."""
        return data["id"], data["version"]


def given_consents() -> fields.List[Any]:
    """The field of a new session."""
    return fields.List(
        fields.Nested(GivenConsentSchema),
        validate=validate.Length(max=MOST),
        load_default=(),
        **described("What the buyer agreed to, of `GET /checkout/form`. The required ones are enforced for buyers."),
    )


class ConsentSchema(ResponseSchema):
    """A text of the shop with a box to tick."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "id": "terms",
        "version": _VERSION,
        "required": True,
        "text": {"ko": "이용약관에 동의해요.", "en": "I agree to the terms of use."},
        "url": "https://shop.example/terms",
    }

    id = fields.String()
    version = fields.String(**VERSION)
    required = fields.Boolean(**described("Without it no order can be made."))
    text = fields.Nested(MessageSchema)
    url = fields.String(**described("All of the text; may be empty."))


class CheckoutFormSchema(ResponseSchema):
    """What the form of a checkout asks for besides the order and the buyer."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"consents": [ConsentSchema.EXAMPLE]}

    consents = fields.List(fields.Nested(ConsentSchema))


class AgreedSchema(ResponseSchema):
    """A text that the buyer of an order agreed to."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "id": "terms",
        "version": _VERSION,
        "text": "이용약관에 동의해요.",
        "agreed_at": "2026-11-02T09:15:00+09:00",
    }

    id = fields.String()
    version = fields.String(**VERSION)
    text = fields.String(**described("As the buyer saw it."))
    agreed_at = fields.String(metadata={"format": "date-time"})
