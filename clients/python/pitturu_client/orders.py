"""What an order is made of: who buys, and which lines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CartLine:
    """Pieces of one item, which is named by its id or by your SKU.

    With an API key also what is in no catalogue: `name` and `unit_price` (won, VAT included), with `tax_free` and
    `returnable` if they are not the usual.
    """

    quantity: int = 1
    item_id: str | None = None
    sku: str | None = None
    name: str | None = None
    unit_price: int | None = None
    tax_free: bool | None = None
    returnable: bool | None = None

    def fields(self) -> dict[str, int | str]:
        """The members of a request."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Buyer:
    """Who buys. PGs need all three of name, email address and telephone number."""

    name: str
    email: str
    tel: str
    addr: str | None = None
    postcode: str | None = None

    def fields(self) -> dict[str, str | None]:
        """The members of a request."""
        return {f"buyer_{name}": value for name, value in vars(self).items()}
