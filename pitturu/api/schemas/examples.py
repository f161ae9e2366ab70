"""Examples for the OpenAPI document, made from the schemas.

A schema declares values in `EXAMPLE`, by field. The other fields get the value that their name has in every body
(`NAMED`), or the simplest one of their type; those that may be null are null. A request without a value for an optional
field leaves it out.
"""

from typing import Any, Final

from marshmallow import Schema, fields

from pitturu.api.schemas.fields import Moment, ResponseSchema

NAMED: Final[dict[str, Any]] = {
    "session_id": "ses7d0m3k9q2x5v8r1t4w6y0b2c4z",
    "merchant_uid": "ord3f8k1n6p0s5w9z2c7h4m1r6v8x",
    "payment_id": "pay9x4t7q1m6k2h8d3b5z0w7s2p1n",
    "cancellation_id": "can5b1v6r0n4k9g2d7z3x8t1q6m3y",
    "comparison_id": "cmp2w7s1p6m0j5f9b4y8v3r1n6k0t",
    "endpoint_id": "evp8r3n7k1g6d0z5x9t4q2m7j1f6w",
    "event_id": "evt5c0y6p7m1x9w3k8q2n4r0v7t1b",
    "imp_uid": "imp_448280090638",
    "item_id": "0d4f6c1e-7a52-4d0e-9a56-3f1f0c2b8a11",
    "item_name": "강릉 원두커피 500g",
    "sku": "COFFEE-500",
    "name": "강릉 원두커피 500g",
    "unit_price": 12_000,
    "price": 12_000,
    "quantity": 2,
    "amount": 24_000,
    "line_count": 1,
    "items_total": 24_000,
    "shipping": 0,
    "discount": 0,
    "tax_free_amount": 0,
    "currency": "KRW",
    "buyer_name": "김하나",
    "buyer_email": "hana@example.org",
    "buyer_tel": "010-1234-5678",
    "generation": "v2",
    "pay_method": "card",
    "username": "hana",
    "request_id": "4c1d9f0a8b2e4f53",
    "paid_at": "2026-12-02T03:04:05.678901+00:00",
    "reason": "changed my mind",
    "count": 3,
    "ended": 2,
    "attempts": 0,
}
"""What a name stands for, wherever it occurs."""

MOMENT: Final = "2026-12-02T03:00:00.123456+00:00"
UUID: Final = "6f1d2b7c-93c4-4d0c-8a5e-2b9f1e7d4c30"


def example(schema: Schema) -> dict[str, Any]:
    """An example body of this schema. Raises LookupError for a field without a value."""
    given: dict[str, Any] = {}
    for part in reversed(type(schema).__mro__):
        given |= vars(part).get("EXAMPLE", {})
    shown = {}
    for name, field in schema.fields.items():
        if name in given:
            shown[field.data_key or name] = given[name]
        elif field.required or isinstance(schema, ResponseSchema):
            shown[field.data_key or name] = _value(f"{type(schema).__name__}.{name}", name, field)
    return shown


def _value(place: str, name: str, field: fields.Field[Any]) -> Any:
    """The value of one field that its schema does not give."""
    if name in NAMED:
        return NAMED[name]
    if isinstance(field, fields.Nested):
        return [example(field.schema)] if field.many else example(field.schema)
    if isinstance(field, fields.List):
        return [_value(place, name, field.inner)]
    if field.allow_none:
        return None
    match field:
        case Moment():
            return MOMENT
        case fields.UUID():
            return UUID
        case fields.Boolean():
            return True
        case fields.Enum():
            return next(member.value for member in field.enum)
        case fields.Constant():
            return field.constant
    raise LookupError(f"{place} has no example. Add it to EXAMPLE of that schema.")
