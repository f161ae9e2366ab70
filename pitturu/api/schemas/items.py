"""The catalogue."""

from marshmallow import Schema, fields


class ItemSchema(Schema):
    """`price` in won. `stock` null means unlimited."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    price = fields.Integer(required=True)
    stock = fields.Integer(required=True, allow_none=True)


class CatalogueSchema(Schema):
    """All items for sale, sorted by name."""

    items = fields.List(fields.Nested(ItemSchema), required=True)
