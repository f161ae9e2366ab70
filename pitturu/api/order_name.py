"""What a payment window shows of the lines of an order."""

from collections.abc import Callable, Sequence
from typing import Any

from pitturu.domain.languages import and_more
from pitturu.store.session_views import Line
from pitturu.store.sessions import AnySession

SHIPPING = "배송비"
"""The name of the shipping among the products. PortOne passes it on to the PG, so it is in Korean."""


def order_name(session: AnySession, shorten: Callable[[str, str], str]) -> str:
    """The first item and how many more lines there are: "강릉 원두커피 500g 외 2건".

    `shorten` cuts the first argument so that both fit what the window accepts.
    """
    suffix = and_more(session.language, session.line_count - 1)
    return shorten(session.item_name, suffix) + suffix


def products(session: AnySession, lines: Sequence[Line], price: str) -> list[dict[str, Any]] | None:
    """The lines as PortOne's list of products, with `price` as its field for won a piece.

    None for an order with a discount: some PGs compare the sum of the products with the amount.
    """
    if session.discount:
        return None
    if session.shipping:
        shipping = {"item_id": "shipping", "item_name": SHIPPING, "unit_price": session.shipping, "quantity": 1}
        lines = [*lines, shipping]
    return [
        {
            "id": str(line["item_id"]),
            "name": line["item_name"],
            price: line["unit_price"],
            "quantity": line["quantity"],
        }
        for line in lines
    ]


def naverpay_products(lines: Sequence[Line], category: str) -> list[dict[str, Any]]:
    """The lines as Naver Pay's own window lists them. `category` is `type:category` in its words.

    Source: `bypass.naverpay.productItems` of V2's browser SDK; V1's `naverProducts` has the same fields.
    """
    kind, _, group = category.partition(":")
    return [
        {
            "categoryType": kind,
            "categoryId": group,
            "uid": str(line["item_id"]),
            "name": line["item_name"],
            "count": line["quantity"],
        }
        for line in lines
    ]
