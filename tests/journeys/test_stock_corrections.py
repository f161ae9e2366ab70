"""Stock is corrected while buyers buy: nothing is lost, nothing overwritten, and the ledger adds up."""

from typing import Any

import pytest

from pitturu.store.items import Item
from tests.journeys.concurrency import codes, concurrently, post, workers
from tests.operators import logged
from tests.shop import Json, Shop
from tests.values import BUYER

REASON = "실사"


@pytest.fixture
def counted(shop: Shop) -> Shop:
    """A shop with an operator who counts pieces."""
    shop.login("boss", "finance")
    return shop


def correct(shop: Shop, item: str, status: int = 200, **body: Any) -> Json:
    return shop.post(f"/catalogue/items/{item}/stock", {"reason": REASON, **body}, "boss", status)


def lines(shop: Shop, item: str) -> list[tuple[str, int]]:
    """Kind and pieces of each line, oldest first."""
    found = shop.get(f"/catalogue/items/{item}/stock", "boss")["items"]
    return [(line["kind"], line["quantity"]) for line in found[::-1]]


def test_a_sale_and_a_return_are_lines_and_a_reservation_is_none(counted: Shop) -> None:
    item = counted.item(stock=5)
    session = counted.open(item, quantity=3)
    assert lines(counted, item) == [("initial", 5)]
    counted.verify(session, counted.pay(session))
    counted.drain()
    counted.cancel(session, quantity=1)
    counted.drain()
    assert lines(counted, item) == [("initial", 5), ("sale", -3), ("return", 1)]
    sale = counted.get(f"/catalogue/items/{item}/stock", "boss")["items"][1]
    assert (sale["session_id"], sale["by"], sale["reason"]) == (session["session_id"], None, None)
    assert [line.what_id for line in logged(counted.app, action="read_stock_ledger")] == [item] * 3
    counted.balance()


def test_pieces_are_added_and_taken_off(counted: Shop) -> None:
    item = counted.item(stock=5)
    counted.open(item, quantity=3)
    assert correct(counted, item, change=10)["stock"] == 12
    assert correct(counted, item, change=-12)["stock"] == 0
    refused = correct(counted, item, 409, change=-1)
    assert (refused["code"], "hold" in refused["detail"]) == ("stock_too_small", True)
    correct(counted, item, change=1)
    assert correct(counted, item, 409, change=1_000_000_000)["code"] == "stock_too_large"
    assert lines(counted, item) == [("initial", 5), *(("correction", pieces) for pieces in (10, -12, 1))]
    details = [line.detail for line in logged(counted.app, action="correct_stock")]
    assert details == ["+10 pieces", "-12 pieces", "+1 pieces"]
    counted.balance()


def test_of_two_operators_who_saw_the_same_stock_one_is_refused(counted: Shop) -> None:
    item = counted.item(stock=5)
    body = {"set_to": 8, "seen": 5, "reason": REASON}
    path = f"/catalogue/items/{item}/stock"
    answers = concurrently(*(lambda: post(counted, path, body, "boss"),) * 3)
    assert codes(answers) == [200, 409, 409]
    refused = next(answer.json for answer in answers if answer.status_code == 409)
    assert (refused["code"], refused["errors"]) == ("stock_changed", {"seen": ["The stock is 8."]})
    assert lines(counted, item) == [("initial", 5), ("correction", 3)]
    counted.audit()


@pytest.mark.parametrize(
    "body",
    [
        {"set_to": 3},
        {"seen": 5},
        {"change": 1, "set_to": 3, "seen": 5},
        {"change": 1, "seen": 5},
        {"change": 0},
        {"change": 1, "reason": " "},
        {"set_to": -1, "seen": 5},
        {"change": 1_000_000_001},
    ],
)
def test_a_correction_is_either_relative_or_absolute(counted: Shop, body: Json) -> None:
    item = counted.item(stock=5)
    assert correct(counted, item, 422, **body)["errors"]
    assert lines(counted, item) == [("initial", 5)]


def test_stock_that_becomes_unlimited_and_limited_again(counted: Shop) -> None:
    """Held, sold and returned meanwhile: a session of each kind, opened while the stock was limited or unlimited."""
    item = counted.item(stock=10)
    kept, left = counted.open(item, quantity=1), counted.open(item, user="minji", quantity=2)
    sold = counted.paid(item, user="duri", quantity=3)

    assert correct(counted, item, set_to=None, seen=4)["stock"] is None
    assert lines(counted, item)[-1] == ("correction", -4)
    assert correct(counted, item, 409, change=1)["code"] == "stock_unlimited"
    counted.post(f"/payments/sessions/{left['session_id']}/close", {}, "minji")
    counted.cancel(sold, "duri", quantity=1)
    endless = counted.open(item, user="yuna", quantity=4)
    counted.drain()
    assert counted.session(left, "minji")["status"] == "expired"

    assert correct(counted, item, set_to=7, seen=None)["stock"] == 7
    counted.audit()
    for session, user in ((kept, "hana"), (endless, "yuna")):
        counted.verify(session, counted.pay(session), user)
    counted.drain()
    assert counted.stock(item) == 7
    for session, user in ((kept, "hana"), (endless, "yuna"), (sold, "duri")):
        counted.cancel(session, user)
    counted.drain()
    assert counted.stock(item) == 7 + 1 + 2
    counted.balance()


def test_stock_is_limited_while_sessions_return_what_they_hold(counted: Shop) -> None:
    """A session that closes, one that is replaced and one that is paid, each at the moment of the correction."""
    item = counted.item(stock=10)
    closing = counted.open(item, user="minji", quantity=2)
    paying = counted.open(item, user="duri", quantity=2)
    counted.open(item, user="yuna", quantity=2)
    correct(counted, item, set_to=None, seen=4)
    imp_uid = counted.pay(paying)
    wish = {"item_id": item, "quantity": 1, **BUYER}
    with workers(counted, 2):
        concurrently(
            lambda: post(counted, f"/catalogue/items/{item}/stock", {"set_to": 5, "seen": None, "reason": "x"}, "boss"),
            lambda: post(counted, f"/payments/sessions/{closing['session_id']}/close", {}, "minji"),
            lambda: post(counted, "/payments/sessions", wish, "yuna"),
            lambda: counted.verify(paying, imp_uid, "duri"),
        )
    counted.balance()


def test_a_ledger_that_does_not_add_up_is_made_exact_by_setting_the_stock(counted: Shop) -> None:
    item = counted.item(stock=5)
    counted.open(item, quantity=1)
    counted.set(Item, stock=9)
    with pytest.raises(AssertionError):
        counted.audit()
    correct(counted, item, set_to=9, seen=9)
    assert lines(counted, item) == [("initial", 5), ("correction", 5)]
    counted.audit()
