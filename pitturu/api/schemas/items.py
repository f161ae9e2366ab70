"""The catalogue."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from pitturu.api.schemas.fields import (
    MOST_ON_A_PAGE,
    Moment,
    PageQuery,
    ResponseSchema,
    Text,
    Whole,
    Word,
    described,
    filled,
    matching,
)
from pitturu.domain.catalogue import (
    LONGEST_DESCRIPTION,
    LONGEST_IMAGE_URL,
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_SKU,
    MOST_STOCK,
    SKU,
    StockLineKind,
    image_problem,
)
from pitturu.domain.money import MAX_AMOUNT

_RETURNABLE: Final = "False: once the shop has begun with the order, it cannot be returned. Say so before it is bought."
_TAX_FREE: Final = "True: it is exempt from VAT."
_ACTIVE: Final = "False: it is retired, so it is neither shown nor sold. Open sessions of it go on."
_IMAGE: Final = "An https address, or a path of this storefront (/assets/…); null without a picture."
_SKU: Final = "The shop's own number of it, unique; null only for items of before there was one."


class ItemSchema(ResponseSchema):
    """`price` in won. `stock` null means unlimited."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "id": "0d4f6c1e-7a52-4d0e-9a56-3f1f0c2b8a11",
        "description": "Roasted on the day it is sent.",
        "image_url": "/assets/coffee.svg",
        "stock": 40,
        "tax_free": False,
    }

    id = fields.UUID()
    sku = fields.String(allow_none=True, **described(_SKU))
    name = fields.String()
    description = fields.String()
    image_url = fields.String(allow_none=True, **described(_IMAGE))
    price = fields.Integer()
    stock = fields.Integer(allow_none=True)
    returnable = fields.Boolean(**described(_RETURNABLE))
    tax_free = fields.Boolean(**described(_TAX_FREE))


class CatalogueQuerySchema(Schema):
    """Which items to list."""

    limit = fields.Integer(load_default=MOST_ON_A_PAGE, validate=validate.Range(1, MOST_ON_A_PAGE))
    after = fields.UUID(load_default=None, **described("`next` of the previous page."))
    in_stock = fields.Boolean(
        load_default=None, **described("True: only items that can be bought now; false: only those that are sold out.")
    )
    returnable = fields.Boolean(load_default=None, **described("Only items of which `returnable` is this."))


class CatalogueSchema(ResponseSchema):
    """Items for sale, sorted by name."""

    items = fields.List(fields.Nested(ItemSchema))
    next = fields.UUID(allow_none=True, **described("`after` of the next page, null on the last one."))


class ManagedItemSchema(ItemSchema):
    """An item as operators see it, also a retired one."""

    active = fields.Boolean(**described(_ACTIVE))
    created_at = Moment()


class ManagedItemsQuerySchema(PageQuery):
    """Which items to list."""

    search = Text(1, LONGEST_NAME, load_default=None, **described("Only items whose SKU or name contains this."))
    active = fields.Boolean(load_default=None, **described("True: only items for sale; false: only retired ones."))


class ManagedItemsPageSchema(ResponseSchema):
    """Newest first."""

    items = fields.List(fields.Nested(ManagedItemSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))


def _picture(value: str) -> None:
    problem = image_problem(value)
    if problem is not None:
        raise ValidationError(problem)


def _sku(**options: Any) -> Text:
    return Text(1, LONGEST_SKU, matching(SKU), **options)


def _image_url(**options: Any) -> Text:
    return Text(1, LONGEST_IMAGE_URL, _picture, allow_none=True, **options, **described(_IMAGE))


class NewItemSchema(Schema):
    """A new item."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"stock": 40, "description": "Roasted on the day it is sent."}

    sku = _sku(required=True)
    name = Text(1, LONGEST_NAME, filled, required=True)
    description = Text(0, LONGEST_DESCRIPTION, load_default="")
    image_url = _image_url(load_default=None)
    price = Whole(1, MAX_AMOUNT, required=True, **described("In won, with VAT unless it is tax-free."))
    stock = Whole(0, MOST_STOCK, required=True, allow_none=True, **described("Null: unlimited."))
    active = fields.Boolean(load_default=True, **described(_ACTIVE))
    returnable = fields.Boolean(load_default=True, **described(_RETURNABLE))
    tax_free = fields.Boolean(load_default=False, **described(_TAX_FREE))


class ItemChangeSchema(Schema):
    """What to change; what is left out stays. Open sessions keep the name and the price of when they were opened."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"price": 13_000}

    sku = _sku()
    name = Text(1, LONGEST_NAME, filled)
    description = Text(0, LONGEST_DESCRIPTION)
    image_url = _image_url()
    price = Whole(1, MAX_AMOUNT, **described("In won, with VAT unless it is tax-free."))
    active = fields.Boolean(**described(_ACTIVE))
    returnable = fields.Boolean(**described(_RETURNABLE))
    tax_free = fields.Boolean(**described(_TAX_FREE))

    @validates_schema
    def _some(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Name at least one field to change.")


class StockCorrectionSchema(Schema):
    """Either `change`, or `set_to` with `seen`."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"change": 20, "reason": "A delivery arrived."}

    change = Whole(-MOST_STOCK, MOST_STOCK, **described("Pieces to add; negative takes them off. Not 0."))
    set_to = Whole(
        0,
        MOST_STOCK,
        allow_none=True,
        **described("The stock from now on, without pieces that open checkouts hold; null: unlimited."),
    )
    seen = Whole(
        0,
        MOST_STOCK,
        allow_none=True,
        **described("With `set_to`: the stock that you saw. 409 `stock_changed` if it is another one by now."),
    )
    reason = Text(1, LONGEST_REASON, filled, required=True)

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        if ("change" in data) == ("set_to" in data) or ("set_to" in data) != ("seen" in data):
            raise ValidationError("Send either `change`, or both `set_to` and `seen`.")
        if data.get("change") == 0:
            raise ValidationError("No pieces are added or taken off.", "change")


class StockLinesQuerySchema(PageQuery):
    """Which lines to list."""


class StockLineSchema(ResponseSchema):
    """One change of the pieces that the shop has."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "kind": "correction",
        "quantity": 20,
        "reason": "A delivery arrived.",
        "by": "minji",
    }

    at = Moment(attribute="created_at")
    kind = Word(StockLineKind)
    quantity = fields.Integer(**described("Pieces that came (+) or left (-)."))
    session_id = fields.String(allow_none=True, **described("Of a sale or a return."))
    reason = fields.String(allow_none=True, **described("Of a correction."))
    by = fields.String(allow_none=True, **described("The operator; a pseudonym once that user was erased."))
    request_id = fields.String(allow_none=True)


class StockLinesPageSchema(ResponseSchema):
    """Newest first. All lines of an item add up to its stock and what open sessions hold."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"stock": 40}

    stock = fields.Integer(allow_none=True, **described("The stock now; null: unlimited."))
    items = fields.List(fields.Nested(StockLineSchema))
    next = fields.String(allow_none=True, **described("Cursor of the next page, null on the last one."))
