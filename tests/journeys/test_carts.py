"""Several items in one order: reserved, shown and paid."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from pitturu.extensions import db
from pitturu.store.items import Item
from tests.journeys.carts import APPLES, CARD, COFFEE, buy, open_cart, stocks, wanted
from tests.shop import Json, Shop
from tests.values import BUYER


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


def test_buyers_name_no_shipping_and_no_discount(shop: Shop, items: dict[str, str]) -> None:
    for field in ("shipping", "discount"):
        assert open_cart(shop, wanted(items), status=422, **{field: 1})["code"] == "for_api_keys_only"
    for field in ("amount", "tax_free_amount"):
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
