"""Bodies of the pay methods that the shop offers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import ResponseSchema, Word, described
from pitturu.domain.provider import Generation, PayMethod


class OfferedMethodsQuerySchema(Schema):
    """Of which generation."""

    generation = Word(Generation, load_default=None, **described("Of the session; the shop's default if omitted."))


class InstallmentSchema(ResponseSchema):
    """Months that a card can be paid in, by what the order comes to."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"months": 3, "least_amount": 50_000}

    months = fields.Integer()
    least_amount = fields.Integer(**described("Won."))


class OfferedMethodSchema(ResponseSchema):
    """One way to pay."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"pay_method": "card", "least_amount": 1}

    pay_method = Word(PayMethod)
    least_amount = fields.Integer(**described("Won that an order must come to for it."))
    installments = fields.List(
        fields.Nested(InstallmentSchema),
        allow_none=True,
        **described("Of `card`: what its window offers besides one sum. Null where the PG decides, and for others."),
    )


class OfferedMethodsSchema(ResponseSchema):
    """In the order to show them."""

    generation = Word(Generation)
    methods = fields.List(fields.Nested(OfferedMethodSchema))
