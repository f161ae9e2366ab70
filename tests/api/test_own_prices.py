"""The shop's server sells carts with prices of its own, shipping and a discount; nobody else can."""

from typing import Any

import pytest

from pitturu.domain.money import MAX_AMOUNT
from pitturu.extensions import db
from pitturu.store import items
from tests.machine_clients import Server, refusal
from tests.shop import Json, Shop
from tests.store.plans import plans
from tests.values import BUYER

RICE: Json = {"name": "철원 쌀 10kg", "unit_price": 38_000, "quantity": 2, "tax_free": True}
GIFT: Json = {"name": "선물 포장", "unit_price": 3_000, "quantity": 1, "returnable": False}


@pytest.fixture
def server(shop: Shop) -> Server:
    """A server with a key for everything."""
    return Server(shop)


def opened(server: Server, *lines: Json, expected: int = 201, **wanted: Any) -> Json:
    """The answer to a cart of these lines."""
    body = {"items": list(lines), "generation": server.shop.generation, **BUYER, **wanted}
    return server.post("/payments/sessions", body, expected)


def paid(server: Server, session: Json) -> Json:
    """The session after its buyer has paid it."""
    server.shop.drain()
    server.shop.webhook(session, server.shop.pay(server.session(session)))
    server.shop.drain()
    return server.session(session)


def test_a_cart_of_the_catalogue_and_of_own_prices(shop: Shop, server: Server) -> None:
    item_id = shop.item(price=10_000, stock=5)
    session = opened(server, {"item_id": item_id, "quantity": 1}, RICE, GIFT, shipping=2_500, discount=1_500)
    assert (session["items_total"], session["amount"]) == (89_000, 90_000)
    assert [line["item_name"] for line in session["lines"]] == ["제주 감귤 5kg", "철원 쌀 10kg", "선물 포장"]
    session = paid(server, session)
    assert session["status"] == "paid"
    payment = server.get(f"/payments/{session['payment_id']}")
    assert [(line["unit_price"], line["returnable"]) for line in payment["lines"]] == [
        (10_000, True),
        (38_000, True),
        (3_000, False),
    ]
    assert payment["tax_free_amount"] == 76_000 - 76_000 * 1_500 // 89_000 - 1
    assert shop.stock(item_id) == 4
    shop.balance()


def test_a_line_at_an_own_price_is_given_back(shop: Shop, server: Server) -> None:
    session = paid(server, opened(server, RICE, GIFT))
    payment = server.get(f"/payments/{session['payment_id']}")
    rice = {"line_id": payment["lines"][0]["line_id"], "quantity": 1}
    server.post(f"/payments/{session['payment_id']}/cancel", {"reason": "한 포대만", "lines": [rice]})
    shop.drain()
    payment = server.get(f"/payments/{session['payment_id']}")
    assert (payment["cancelled_amount"], payment["lines"][0]["owned"]) == (38_000, 1)
    shop.balance()


def test_the_same_words_twice_are_two_lines(server: Server) -> None:
    session = opened(server, GIFT, GIFT)
    assert (session["line_count"], session["amount"]) == (2, 6_000)


def test_a_declined_one_is_paid_with_another_method(shop: Shop, server: Server) -> None:
    """Its items are made once, and can still be sold in this session."""
    session = opened(server, RICE)
    shop.drain()
    shop.act(shop.window(server.session(session)), "decline")
    reported = {"payment_id" if shop.generation == "v2" else "merchant_uid": session["merchant_uid"]}
    server.call("POST", "/payments/verify", server.token(session), json=reported)
    shop.drain()
    assert server.session(session)["status"] == "failed"
    path = f"/payments/sessions/{session['session_id']}/prepare"
    assert server.call("POST", path, server.token(session), json={"pay_method": "trans"}).status_code == 202
    assert paid(server, session)["status"] == "paid"


def test_nobody_else_buys_at_that_price(shop: Shop, server: Server) -> None:
    """A buyer knows the id of the item from the session."""
    item_id = opened(server, RICE, user_id="7")["item_id"]
    body = {"item_id": item_id, "quantity": 1, **BUYER}
    assert shop.post("/payments/sessions", body, status=409)["code"] == "item_retired"
    again = server.call("POST", "/payments/sessions", json=body)
    assert refusal(again) == (409, "item_retired")


def test_it_is_not_in_the_catalogue(shop: Shop, server: Server) -> None:
    item_id = opened(server, RICE)["item_id"]
    shop.login("boss", "admin")
    assert shop.get("/items")["items"] == []
    shop.get(f"/items/{item_id}", status=404)
    assert shop.get("/catalogue/items", "boss")["items"] == []
    shop.get(f"/catalogue/items/{item_id}", "boss", status=404)
    for path, body in (("", {"active": True}), ("/stock", {"set_to": 5, "seen": None, "reason": "found"})):
        method = "POST" if path else "PATCH"
        answer = server.call(method, f"/catalogue/items/{item_id}{path}", json=body)
        assert refusal(answer) == (404, "item_not_found")


@pytest.mark.parametrize(
    "more",
    [{"items": [RICE]}, {"shipping": 1_000}, {"discount": 1_000}, {"shipping": 0}, {"items": [RICE], "discount": 1}],
)
def test_a_buyer_chooses_no_price(shop: Shop, more: Json) -> None:
    order = more if "items" in more else {"item_id": shop.item(), "quantity": 1, **more}
    refused = shop.post("/payments/sessions", order | BUYER, status=422)
    assert refused["code"] == "for_api_keys_only"


@pytest.mark.parametrize(
    "change",
    [
        {"unit_price": 0},
        {"unit_price": -1},
        {"unit_price": MAX_AMOUNT + 1},
        {"unit_price": 1.5},
        {"unit_price": "38000"},
        {"unit_price": None},
        {"name": " "},
        {"name": "x" * 256},
        {"name": "a\nb"},
        {"quantity": 0},
        {"sku": "RICE-1"},
    ],
)
def test_invalid_lines_are_refused(server: Server, change: Json) -> None:
    opened(server, RICE | change, expected=422)


def test_a_price_belongs_to_a_name(shop: Shop, server: Server) -> None:
    """The price of an item of the catalogue is the catalogue's, also for the shop's server."""
    line = {"item_id": shop.item(), "quantity": 1}
    for more in ({"unit_price": 1}, {"tax_free": True}, {"returnable": False}):
        opened(server, line | more, expected=422)
    opened(server, {"name": "쌀", "quantity": 1}, expected=422)


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        ([RICE | {"unit_price": MAX_AMOUNT}], {}),
        ([RICE], {"shipping": MAX_AMOUNT}),
        ([RICE], {"discount": 76_000}),
        ([RICE], {"discount": -1}),
        ([RICE], {"shipping": -76_000}),
        ([RICE | {"unit_price": MAX_AMOUNT, "quantity": 1}] * 50, {}),
    ],
)
def test_no_sum_is_out_of_range(shop: Shop, server: Server, lines: list[Json], more: Json) -> None:
    """And nothing is left of what was refused: no item, no guest."""
    opened(server, *lines, expected=422, **more)
    with shop.app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(items.Item)) == 0


def test_operators_read_the_catalogue_without_these_items(shop: Shop) -> None:
    with shop.app.app_context():
        (found,) = plans(lambda: items.page(None, None, None, 10))
    assert "ix_items_listed" in found
