"""What a buyer wants to buy, line by line: items of the catalogue by id or by SKU, at the price of this moment.

The shop's server sells at prices of its own as well. Such a line becomes an item that nobody else can buy.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID, uuid4

from pitturu.domain.errors import Conflict, NotFound, Unprocessable
from pitturu.domain.money import AmountOutOfRange
from pitturu.domain.pricing import Totals, totals
from pitturu.store import open_sessions
from pitturu.store.open_sessions import Offer


@dataclass(frozen=True)
class OwnPrice:
    """What the shop's server sells and at which price, in won; it is no item of the catalogue."""

    name: str
    unit_price: int
    tax_free: bool = False
    returnable: bool = True


@dataclass(frozen=True)
class WantedLine:
    """Pieces of an item that is named by its id or by its SKU, or of what the shop's server describes itself."""

    quantity: int
    item_id: UUID | None = None
    sku: str | None = None
    own: OwnPrice | None = None


class CartLine(NamedTuple):
    """A line as it will be bought. `stock` is None for an item with unlimited stock.

    `unlisted`: the item does not exist yet, and is made for this line.
    """

    item_id: UUID
    item_name: str
    unit_price: int
    quantity: int
    returnable: bool
    tax_free: bool
    stock: int | None
    unlisted: bool = False


@dataclass(frozen=True)
class Cart:
    """Lines, each of another item. `slots` are those in use by the buyer's open sessions, `open_sessions` are the keys
    of those that have one of these items."""

    lines: Sequence[CartLine]
    slots: Collection[int]
    open_sessions: Collection[UUID]

    @property
    def limited(self) -> dict[UUID, int]:
        """Pieces to reserve, by item, of the items with limited stock."""
        return {line.item_id: line.quantity for line in self.lines if line.stock is not None}


def choose(wanted: Sequence[WantedLine], username: str) -> Cart:
    """The items of these lines as they are now, and the buyer's open sessions.

    Raises NotFound and Conflict for an item that does not exist or is not sold any more, Unprocessable for two lines of
    the same item. `errors` names the line.
    """
    ids = [line.item_id for line in wanted if line.item_id is not None]
    skus = [line.sku for line in wanted if line.sku is not None]
    offers = open_sessions.offers(ids, skus, username) if ids or skus else ()
    by_id, by_sku = {offer.id: offer for offer in offers}, {offer.sku: offer for offer in offers}
    lines: dict[UUID, CartLine] = {}
    for place, line in enumerate(wanted):
        if line.own is not None:
            own = _own_line(line.own, line.quantity)
            lines[own.item_id] = own
            continue
        offer = by_sku.get(line.sku) if line.item_id is None else by_id.get(line.item_id)
        chosen = _for_sale(offer, place)
        if chosen.id in lines:
            message = "This item is in the order already. Send one line with the sum of both quantities."
            raise Unprocessable("item_repeated", message, _field(place, message))
        lines[chosen.id] = CartLine(
            chosen.id, chosen.name, chosen.price, line.quantity, chosen.returnable, chosen.tax_free, chosen.stock
        )
    slots = offers[0].slots or () if offers else open_sessions.slots(username)
    return Cart(list(lines.values()), slots, {key for offer in offers for key in offer.open_sessions or ()})


def price(cart: Cart, shipping: int, discount: int) -> Totals:
    """What the cart costs. Raises Unprocessable for an amount that nobody can pay."""
    try:
        return totals(cart.lines, shipping, discount)
    except AmountOutOfRange as error:
        if discount:
            message = "The total must be at least 1 won: the discount takes all of it."
            raise Unprocessable("amount_out_of_range", message, {"discount": [message]}) from error
        raise Unprocessable(
            "amount_out_of_range",
            "The total is larger than one payment may be. Choose a smaller quantity.",
            {"quantity" if len(cart.lines) == 1 else "items": ["The total is too large."]},
        ) from error


def _own_line(own: OwnPrice, quantity: int) -> CartLine:
    taxed = own.returnable, own.tax_free
    return CartLine(uuid4(), own.name, own.unit_price, quantity, *taxed, stock=None, unlisted=True)


def _for_sale(offer: Offer | None, place: int) -> Offer:
    if offer is None:
        detail = "There is no such item. Read GET /api/v1/items again and choose from it."
        raise NotFound("item_not_found", detail, _field(place, "There is no such item."))
    if not offer.active:
        detail = "This item is not sold any more. Read GET /api/v1/items and choose another one."
        raise Conflict("item_retired", detail, _field(place, "This item is not sold any more."))
    return offer


def _field(place: int, message: str) -> dict[str, list[str]]:
    return {f"items.{place}": [message]}
