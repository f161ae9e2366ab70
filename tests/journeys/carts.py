"""Buying several items in one order, and giving pieces of them back."""

from typing import Any
from uuid import UUID

from pitturu.extensions import db
from pitturu.payments import checkout
from pitturu.payments.cart import WantedLine
from pitturu.services import services_of
from pitturu.store.items import Item
from pitturu.store.unit_of_work import unit_of_work
from tests.shop import Json, Shop
from tests.values import BUYER

COFFEE, APPLES, CARD = "강릉 원두커피 500g", "청송 사과 3kg", "축하 카드"


def stocked(shop: Shop) -> dict[str, str]:
    """Coffee with limited stock, apples without VAT, and cards of which there are always enough."""
    found = {
        COFFEE: shop.item(price=10_000, stock=5, name=COFFEE),
        APPLES: shop.item(price=3_000, stock=5, name=APPLES),
        CARD: shop.item(price=500, stock=None, name=CARD),
    }
    with shop.app.app_context():
        db.session.query(Item).filter_by(id=UUID(found[APPLES])).update({"tax_free": True, "sku": "APPLE-3"})
        db.session.commit()
    return found


def wanted(items: dict[str, str], coffee: int = 2, apples: int = 3, cards: int = 1) -> list[Json]:
    """The lines of a cart."""
    quantities = {COFFEE: coffee, APPLES: apples, CARD: cards}
    return [{"item_id": items[name], "quantity": number} for name, number in quantities.items() if number]


def open_cart(shop: Shop, lines: list[Json], user: str = "hana", status: int = 201, **wish: Any) -> Json:
    """Open a session of these lines and wait until it is prepared."""
    body = {"items": lines, "generation": shop.generation, **BUYER, **wish}
    session = shop.post("/payments/sessions", body, user, status)
    if status == 201:
        shop.drain()
        session = shop.session(session, user)
    return session


def open_for(shop: Shop, items: dict[str, str], shipping: int, discount: int) -> Json:
    """A session with shipping and a discount, which the shop's server decides."""
    lines = [WantedLine(2, UUID(items[COFFEE])), WantedLine(3, sku="APPLE-3")]
    shop.login()
    with shop.app.app_context(), unit_of_work() as work:
        request = checkout.CheckoutRequest(
            lines, **BUYER, generation=shop.generation, shipping=shipping, discount=discount
        )
        opened = checkout.open_session(work, "hana", request, services_of(shop.app).settings, "req_1")
    shop.drain()
    return shop.session({"session_id": opened.session_id})


def buy(shop: Shop, session: Json) -> Json:
    """The buyer pays; the session."""
    shop.verify(session, shop.pay(session))
    shop.drain()
    return shop.session(session)


def line_ids(shop: Shop, session: Json) -> dict[str, str]:
    """The ids of the lines by the name of their item."""
    return {line["item_name"]: line["line_id"] for line in shop.payment(session)["lines"]}


def give_back(shop: Shop, session: Json, status: int = 202, **quantities: int) -> Json:
    """The buyer gives pieces back: coffee=1, apples=2, cards=1."""
    names = {"coffee": COFFEE, "apples": APPLES, "cards": CARD}
    known = line_ids(shop, session)
    lines = [{"line_id": known[names[name]], "quantity": number} for name, number in quantities.items()]
    answer = shop.cancel(session, status=status, lines=lines)
    shop.drain()
    return answer


def stocks(shop: Shop, items: dict[str, str]) -> tuple[int | None, int | None]:
    """The stock of coffee and apples."""
    return shop.stock(items[COFFEE]), shop.stock(items[APPLES])
