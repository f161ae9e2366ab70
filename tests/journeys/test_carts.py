"""Several items in one order: reserved, paid and given back line by line."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from pitturu.extensions import db
from pitturu.payments import checkout
from pitturu.payments.cart import WantedLine
from pitturu.services import services_of
from pitturu.store.items import Item
from pitturu.store.unit_of_work import unit_of_work
from tests.journeys.test_returns import fulfil
from tests.shop import Json, Shop
from tests.values import BUYER

COFFEE, APPLES, CARD = "강릉 원두커피 500g", "청송 사과 3kg", "축하 카드"


@pytest.fixture
def items(shop: Shop) -> dict[str, str]:
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


def test_a_cart_is_bought_and_given_back_line_by_line(shop: Shop, items: dict[str, str]) -> None:
    session = open_cart(shop, wanted(items))
    assert (session["amount"], session["items_total"], session["tax_free_amount"]) == (29_500, 29_500, 9_000)
    assert (session["item_name"], session["line_count"], len(session["lines"])) == (COFFEE, 3, 3)
    assert stocks(shop, items) == (3, 2)

    session = buy(shop, session)
    assert (session["status"], shop.owned()) == ("paid", 6)
    give_back(shop, session, apples=2)
    assert (shop.session(session)["status"], shop.owned()) == ("partially_cancelled", 4)
    assert (stocks(shop, items), shop.kept(session["imp_uid"])) == ((3, 4), 23_500)
    give_back(shop, session, coffee=1, cards=1)
    assert (stocks(shop, items), shop.kept(session["imp_uid"]), shop.owned()) == ((4, 4), 13_000, 2)
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], stocks(shop, items), shop.owned()) == ("cancelled", (5, 5), 0)
    records = shop.payment(session)["cancellations"]
    assert [(one["amount"], one["quantity"], one["tax_free"]) for one in records] == [
        *((6_000, 2, 6_000), (10_500, 2, 0), (13_000, 2, 3_000))
    ]


def test_what_the_payment_window_shows(shop: Shop, items: dict[str, str]) -> None:
    params = open_cart(shop, wanted(items))["checkout"]["params"]
    name, price = ("name", "unitPrice") if shop.generation == "v1" else ("orderName", "amount")
    assert params[name] == f"{COFFEE} 외 2건"
    assert [(one["name"], one[price], one["quantity"]) for one in params["products"]] == [
        *((COFFEE, 10_000, 2), (APPLES, 3_000, 3), (CARD, 500, 1))
    ]
    english = open_cart(shop, wanted(items, apples=1), user="minji", language="en")["checkout"]["params"]
    assert english[name].endswith(" and 2 more")


def test_a_long_name_leaves_room_for_the_number_of_lines(shop: Shop, items: dict[str, str]) -> None:
    items[COFFEE] = shop.item(name="아주 긴 이름의 " * 10)
    params = open_cart(shop, wanted(items))["checkout"]["params"]
    name = params["name" if shop.generation == "v1" else "orderName"]
    assert name.endswith(" 외 2건")
    assert (len(name) if shop.generation == "v1" else len(name.encode())) <= 40


def test_the_tax_free_part_is_sent_with_the_payment_and_each_cancel(shop: Shop, items: dict[str, str]) -> None:
    """PortOne would refuse a cancel of more of either part than is left."""
    v1 = shop.generation == "v1"
    session = open_cart(shop, wanted(items, cards=0))
    params = session["checkout"]["params"]
    assert params["tax_free" if v1 else "taxFreeAmount"] == 9_000
    assert v1 or params["vatAmount"] == 1_818
    session = buy(shop, session)
    give_back(shop, session, apples=1)
    give_back(shop, session, coffee=1)
    shop.cancel(session)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    cancels = shop.portone.ledger()[session["imp_uid"]]["cancels"]
    assert [(one["tax_free"], one["vat"]) for one in cancels] == [(3_000, 0), (0, 909), (6_000, 909)]


def test_a_cancel_in_the_console_takes_its_tax_free_part_along(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, cards=0)))
    shop.act(session["imp_uid"], "console-cancel", amount=2_900)
    shop.webhook(session, session["imp_uid"], "cancelled")
    shop.drain()
    shop.cancel(session)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    assert sum(one["tax_free"] for one in shop.payment(session)["cancellations"]) == 9_000


def test_shipping_and_a_discount_go_back_with_the_pieces(shop: Shop, items: dict[str, str]) -> None:
    """29,000 won of items less 2,900, and 3,000 for shipping: a tenth off every piece, shipping with the last ones."""
    session = open_for(shop, items, shipping=3_000, discount=2_900)
    assert (session["amount"], session["shipping"], session["discount"]) == (29_100, 3_000, 2_900)
    assert session["tax_free_amount"] == 8_100
    assert "products" not in session["checkout"]["params"]
    session = buy(shop, session)
    give_back(shop, session, coffee=1)
    assert shop.kept(session["imp_uid"]) == 20_100
    give_back(shop, session, coffee=1, apples=2)
    assert shop.kept(session["imp_uid"]) == 5_700
    give_back(shop, session, apples=1)
    assert (shop.session(session)["status"], shop.kept(session["imp_uid"])) == ("cancelled", 0)


def test_buyers_name_no_shipping_and_no_discount(shop: Shop, items: dict[str, str]) -> None:
    for field in ("shipping", "discount", "amount", "tax_free_amount"):
        answer = open_cart(shop, wanted(items), status=422, **{field: 1})
        assert answer["errors"] == {field: ["Unknown field."]}


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "items"),
        ([{"quantity": 1}], "items.0.item_id"),
        ([{"sku": "APPLE-3", "item_id": "{coffee}", "quantity": 1}], "items.0.item_id"),
        ([{"sku": "APPLE-3", "quantity": 0}], "items.0.quantity"),
        ([{"sku": "APPLE-3", "quantity": 1, "unit_price": 1}], "items.0.unit_price"),
        ([{"sku": "APPLE-3", "quantity": 1}, {"item_id": "{apples}", "quantity": 1}], "items.1"),
        ([{"sku": "APPLE-3", "quantity": 1}] * 51, "items"),
        ([{"sku": "no such\n", "quantity": 1}], "items.0.sku"),
    ],
)
def test_a_cart_that_is_wrong_says_where(shop: Shop, items: dict[str, str], lines: list[Json], field: str) -> None:
    ids = {"{coffee}": items[COFFEE], "{apples}": items[APPLES]}
    lines = [{name: ids.get(str(value), value) for name, value in line.items()} for line in lines]
    assert field in open_cart(shop, lines, status=422)["errors"]


def test_items_and_a_single_item_exclude_each_other(shop: Shop, items: dict[str, str]) -> None:
    answer = open_cart(shop, wanted(items), status=422, item_id=items[COFFEE], quantity=1)
    assert "items" in answer["errors"]
    alone = shop.post("/payments/sessions", {**BUYER, "item_id": items[COFFEE]}, status=422)
    assert alone["errors"] == {"quantity": ["Missing data for required field."]}


def test_an_unknown_or_a_retired_item_is_named(shop: Shop, items: dict[str, str]) -> None:
    unknown = open_cart(shop, [*wanted(items), {"sku": "NONE", "quantity": 1}], status=404)
    assert (unknown["code"], list(unknown["errors"])) == ("item_not_found", ["items.3"])
    with shop.app.app_context():
        db.session.query(Item).filter_by(id=UUID(items[APPLES])).update({"active": False})
        db.session.commit()
    retired = open_cart(shop, wanted(items), status=409)
    assert (retired["code"], list(retired["errors"])) == ("item_retired", ["items.1"])


def test_a_cart_is_reserved_whole_or_not_at_all(shop: Shop, items: dict[str, str]) -> None:
    answer = open_cart(shop, wanted(items, apples=6), status=409)
    assert (answer["code"], list(answer["errors"])) == ("out_of_stock", ["items.1"])
    assert stocks(shop, items) == (5, 5)


def test_a_new_cart_takes_over_the_pieces_of_the_buyers_earlier_ones(shop: Shop, items: dict[str, str]) -> None:
    """Whichever line they share: a buyer who removes the first item must not stand in his own way."""
    first = open_cart(shop, wanted(items, coffee=5, apples=5))
    second = open_cart(shop, wanted(items, coffee=0, apples=5))
    assert (shop.session(first)["status"], second["status"], stocks(shop, items)) == ("expired", "prepared", (5, 0))
    third = open_cart(shop, [{"item_id": items[COFFEE], "quantity": 5}])
    assert shop.session(second)["status"] == "prepared", "they share nothing"
    both = open_cart(shop, wanted(items, coffee=1, apples=1))
    ended = {shop.session(one)["status"] for one in (second, third)}
    assert (ended, both["status"], stocks(shop, items)) == ({"expired"}, "prepared", (4, 4))


def test_carts_of_the_same_items_in_another_order_do_not_block_each_other(shop: Shop, items: dict[str, str]) -> None:
    lines = wanted(items, coffee=1, apples=1)
    users = [f"buyer{number}" for number in range(8)]
    for user in users:
        shop.login(user)

    def one(number: int) -> int:
        chosen = lines if number % 2 else list(reversed(lines))
        body = {"items": chosen, "generation": shop.generation, **BUYER}
        client = shop.app.test_client()
        return client.post("/api/v1/payments/sessions", json=body, headers=shop.login(users[number])).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(one, range(8)))
    assert sorted(answers) == [201] * 5 + [409] * 3
    assert stocks(shop, items) == (0, 0)


def test_one_line_was_sent_and_the_other_is_cancelled_alone(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, cards=0)))
    fulfil(shop, session, "shipped", line_id=line_ids(shop, session)[COFFEE])
    ways = {line["item_name"]: line["way"] for line in shop.payment(session)["lines"]}
    assert ways == {COFFEE: "return_request", APPLES: "cancel"}
    give_back(shop, session, apples=1)
    assert shop.payment(session)["cancellations"][-1]["stage"] == "succeeded"
    give_back(shop, session, coffee=1)
    assert shop.payment(session)["cancellations"][-1]["stage"] == "return_requested"


def test_lines_are_named_where_there_are_several(shop: Shop, items: dict[str, str]) -> None:
    session = buy(shop, open_cart(shop, wanted(items, apples=1)))
    assert shop.cancel(session, status=422, quantity=1)["code"] == "line_needed"
    ids = line_ids(shop, session)
    twice = [{"line_id": ids[COFFEE], "quantity": 1}] * 2
    assert "lines" in shop.cancel(session, status=422, lines=twice)["errors"]
    too_many = shop.cancel(session, status=422, lines=[{"line_id": ids[COFFEE], "quantity": 3}])
    assert (too_many["code"], "lines" in too_many["errors"]) == ("quantity_too_large", True)
    other = buy(shop, open_cart(shop, wanted(items, coffee=1, apples=1)))
    foreign = line_ids(shop, other)[COFFEE]
    assert shop.cancel(session, status=404, lines=[{"line_id": foreign, "quantity": 1}])["code"] == "line_not_found"


def test_a_declined_cart_is_paid_at_the_second_try(shop: Shop, items: dict[str, str]) -> None:
    session = open_cart(shop, wanted(items))
    shop.decline(session)
    assert (shop.session(session)["status"], stocks(shop, items)) == ("failed", (5, 5))
    shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})
    shop.drain()
    assert stocks(shop, items) == (3, 2)
    assert buy(shop, shop.session(session))["status"] == "paid"


def test_a_declined_cart_of_which_one_line_was_sold_meanwhile(shop: Shop, items: dict[str, str]) -> None:
    session = open_cart(shop, wanted(items))
    shop.decline(session)
    open_cart(shop, wanted(items, coffee=0, apples=4), user="minji")
    answer = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {}, status=409)
    assert (answer["code"], stocks(shop, items)) == ("out_of_stock", (5, 1))
