"""One buyer cannot reserve all the stock: a few sessions may be open at once, and one per item."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from tests.journeys.concurrency import codes, concurrently, post
from tests.journeys.generations import V1_ONLY
from tests.shop import Json, Shop
from tests.values import BUYER

Turn = Callable[[timedelta], None]
LIMIT = 5


def wanted(item: str, quantity: int = 1) -> Json:
    return {"item_id": item, "quantity": quantity, **BUYER}


def test_a_second_session_of_an_item_takes_over_the_stock_of_the_first(shop: Shop) -> None:
    item = shop.item(stock=3)
    first = shop.open(item, quantity=2)
    second = shop.open(item, quantity=3)
    assert shop.stock(item) == 0
    assert shop.session(first)["status"] == "expired"
    notes = [line.detail for line in shop.lines(first) if line.kind == "given_up"]
    assert notes == [f"Replaced by {second['session_id']}, a newer session of the same item."]
    shop.verify(second, shop.pay(second))
    shop.drain()
    assert (shop.session(second)["status"], shop.owned(), shop.stock(item)) == ("paid", 3, 0)


def test_a_smaller_second_session_gives_the_rest_back(shop: Shop) -> None:
    item = shop.item(stock=3)
    shop.open(item, quantity=3)
    shop.open(item, quantity=1)
    assert shop.stock(item) == 2


def test_a_second_session_that_is_too_large_leaves_the_first_alone(shop: Shop) -> None:
    item = shop.item(stock=3)
    first = shop.open(item, quantity=2)
    assert shop.post("/payments/sessions", wanted(item, 4), status=409)["code"] == "out_of_stock"
    assert (shop.session(first)["status"], shop.stock(item)) == ("prepared", 1)


def test_an_item_without_stock_is_replaced_as_well(shop: Shop) -> None:
    item = shop.item(stock=None)
    first, second = shop.open(item), shop.open(item)
    assert (shop.session(first)["status"], shop.session(second)["status"]) == ("expired", "prepared")


def test_no_more_than_a_few_are_open(shop: Shop) -> None:
    sessions = [shop.open() for _ in range(LIMIT)]
    refused = shop.post("/payments/sessions", wanted(shop.item()), status=409)
    assert refused["code"] == "too_many_open_sessions"
    assert refused["errors"] == {"open_sessions": [session["session_id"] for session in sessions]}
    shop.open(user="duri")

    shop.post(f"/payments/sessions/{sessions[0]['session_id']}/close", {})
    shop.drain()
    shop.open()


@pytest.mark.parametrize("ending", ["paid", "declined"])
def test_a_closed_session_frees_its_slot(shop: Shop, ending: str) -> None:
    *_, last = [shop.open() for _ in range(LIMIT)]
    imp_uid = shop.window(last)
    shop.act(imp_uid, "approve" if ending == "paid" else "decline")
    shop.verify(last, imp_uid)
    shop.drain()
    shop.open()


def test_ten_clicks_at_once_open_one_session_of_an_item(shop: Shop) -> None:
    item = shop.item(stock=10)
    shop.login()
    answers = concurrently(*[partial(post, shop, "/payments/sessions", wanted(item))] * 6)
    assert set(codes(answers)) <= {201, 409}
    shop.drain()
    states = [shop.session(answer.json)["status"] for answer in answers if answer.status_code == 201]
    assert sorted(states) == ["expired"] * (len(states) - 1) + ["prepared"]
    assert shop.stock(item) == 9


def test_ten_clicks_at_once_on_ten_items(shop: Shop) -> None:
    items = [shop.item(stock=1, name=f"감귤 {number}") for number in range(10)]
    shop.login()
    answers = concurrently(*[partial(post, shop, "/payments/sessions", wanted(item)) for item in items])
    opened = codes(answers).count(201)
    assert set(codes(answers)) == {201, 409}
    assert 1 <= opened <= LIMIT
    assert sum(shop.stock(item) == 0 for item in items) == opened


def test_one_that_may_have_been_paid_is_not_replaced(shop: Shop) -> None:
    item = shop.item(stock=3)
    first = shop.open(item)
    shop.verify(first, shop.pay(first))
    refused = shop.post("/payments/sessions", wanted(item), status=409)
    assert (refused["code"], refused["errors"]) == (
        "payment_being_verified",
        {"open_sessions": [first["session_id"]]},
    )
    shop.drain()
    assert shop.session(first)["status"] == "paid"
    shop.open(item)


def test_one_that_awaits_a_deposit_is_not_replaced(shop: Shop) -> None:
    item = shop.item(stock=3)
    first = shop.open(item, pay_method="vbank")
    imp_uid = shop.window(first)
    shop.act(imp_uid, "issue")
    shop.verify(first, imp_uid)
    shop.drain()
    assert shop.post("/payments/sessions", wanted(item), status=409)["code"] == "deposit_awaited"
    shop.cancel(first)
    shop.drain()
    shop.open(item)


def test_money_for_a_replaced_session_stays_while_stock_lasts(shop: Shop) -> None:
    """Two tabs: the buyer orders in the second and pays in the first."""
    item = shop.item(stock=2)
    first = shop.open(item)
    shop.open(item)
    shop.verify(first, shop.pay(first))
    shop.drain()
    assert (shop.session(first)["status"], shop.owned(), shop.stock(item)) == ("paid", 1, 0)


def test_money_for_a_replaced_session_goes_back_when_the_stock_is_gone(shop: Shop) -> None:
    """The stock is the newer session's, also when PortOne was not yet asked about the older one."""
    item = shop.item(stock=1)
    first = shop.open(item)
    imp_uid = shop.pay(first)
    second = shop.open(item, prepared=False)
    shop.webhook(first, imp_uid)
    shop.drain()
    assert (shop.session(first)["status"], shop.kept(imp_uid), shop.owned()) == ("expired", 0, 0)
    assert shop.session(second)["status"] == "prepared"


@V1_ONLY
def test_the_confirm_process_refuses_a_replaced_session(shop: Shop) -> None:
    item = shop.item(stock=1)
    first = shop.open(item)
    shop.open(item)
    asked = {"imp_uid": "imp_1", "merchant_uid": first["merchant_uid"], "amount": first["amount"]}
    assert shop.client.post("/api/v1/payments/confirm", json=asked).status_code == 409


def test_a_declined_session_opens_again_only_without_a_newer_one(shop: Shop) -> None:
    item = shop.item(stock=2)
    first = shop.open(item)
    shop.decline(first)
    second = shop.open(item)
    path = f"/payments/sessions/{first['session_id']}/prepare"
    refused = shop.post(path, {}, status=409)
    assert (refused["code"], refused["errors"]) == ("session_replaced", {"open_sessions": [second["session_id"]]})
    shop.post(f"/payments/sessions/{second['session_id']}/close", {})
    shop.drain()
    assert shop.post(path, {})["status"] == "prepared"


def test_an_account_for_a_replaced_session_holds_no_stock(shop: Shop) -> None:
    """An account is issued in the window of a session that was replaced a moment ago: it is withdrawn."""
    item = shop.item(stock=2)
    first = shop.open(item, pay_method="vbank")
    imp_uid = shop.window(first)
    shop.open(item, prepared=False)
    shop.act(imp_uid, "issue")
    shop.webhook(first, imp_uid, "ready")
    shop.drain()
    assert shop.session(first)["status"] in ("cancelled", "failed", "expired")
    assert shop.stock(item) == 1
    assert shop.portone.ledger()[imp_uid]["status"] != "ready"


def test_accounts_issued_after_the_deadline_count_as_open_sessions(shop: Shop) -> None:
    """Windows are opened, the checkouts given up, and accounts issued afterwards: five hold stock, not six."""
    item, windows = shop.item, []
    for number in range(LIMIT + 1):
        session = shop.open(item(stock=1, name=f"감귤 {number}"), pay_method="vbank")
        windows.append((session, shop.window(session)))
        shop.post(f"/payments/sessions/{session['session_id']}/close", {})
        shop.drain()
    for session, imp_uid in windows:
        shop.act(imp_uid, "issue")
        shop.webhook(session, imp_uid, "ready")
        shop.drain()
    states = [shop.session(session)["status"] for session, _ in windows]
    assert states.count("awaiting_deposit") == LIMIT
    assert shop.post("/payments/sessions", wanted(item()), status=409)["code"] == "too_many_open_sessions"
