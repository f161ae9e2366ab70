"""What an order costs: its lines, shipping, a discount, and the part that is free of VAT. All in whole won."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from pitturu.domain.money import MAX_AMOUNT, AmountOutOfRange

MOST_LINES: Final = 50
"""Lines of one order. A payment window, a receipt and a lock of every item are still reasonable with so many."""


class PricedLine(Protocol):
    """What a line must tell."""

    @property
    def unit_price(self) -> int:
        """Won for one piece."""

    @property
    def quantity(self) -> int:
        """Pieces."""

    @property
    def tax_free(self) -> bool:
        """Whether its price contains no VAT."""


class Totals(NamedTuple):
    """`items` is the sum of the lines. `tax_free` is the part of the amount that contains no VAT."""

    items: int
    shipping: int
    discount: int
    tax_free: int

    @property
    def amount(self) -> int:
        """What the buyer pays."""
        return self.items + self.shipping - self.discount


def totals(lines: Iterable[PricedLine], shipping: int = 0, discount: int = 0) -> Totals:
    """The sums of an order. Shipping contains VAT. Raises AmountOutOfRange for an amount that nobody can pay."""
    prices = [(line.unit_price * line.quantity, line.tax_free) for line in lines]
    items = sum(price for price, _ in prices)
    tax_free = after_discount(sum(price for price, is_free in prices if is_free), items, discount)
    found = Totals(items, shipping, discount, tax_free)
    if items > MAX_AMOUNT or not 1 <= found.amount <= MAX_AMOUNT:
        raise AmountOutOfRange(found.amount)
    return found


def after_discount(price: int, items: int, discount: int) -> int:
    """What is left of the price of some of the items, all of which cost `items`, after their share of the discount.

    The discount is spread over all items by their price. What it exceeds them by is taken off the shipping.
    """
    return price * (items - min(discount, items)) // items


def vat_of(taxable: int) -> int:
    """The VAT that is contained in a taxable amount: one eleventh, rounded half up, as PortOne computes it.

    Source: PortOne's reference of V2's payment amounts (supply and VAT of a taxable amount).
    """
    return (taxable * 2 + 11) // 22
