"""The catalogue."""

from marshmallow import fields

from pitturu.api.schemas.fields import ResponseSchema, described


class ItemSchema(ResponseSchema):
    """`price` in won. `stock` null means unlimited."""

    id = fields.UUID()
    name = fields.String()
    price = fields.Integer()
    stock = fields.Integer(allow_none=True)
    returnable = fields.Boolean(
        **described("False: once the shop has begun with the order, it cannot be returned. Say so before it is bought.")
    )


class CatalogueSchema(ResponseSchema):
    """All items for sale, sorted by name."""

    items = fields.List(fields.Nested(ItemSchema))
