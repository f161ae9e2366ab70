"""A buyer changes their mind before paying: another way to pay, another basket, or none at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.shop import Shop

Turn = Callable[[timedelta], None]
Json = dict[str, Any]


def close(shop: Shop, session: Json, user: str = "hana", status: int = 202) -> Json:
    return shop.post(f"/payments/sessions/{session['session_id']}/close", {}, user, status)


def choose(shop: Shop, session: Json, method: str, status: int = 202) -> Json:
    return shop.post(f"/payments/sessions/{session['session_id']}/prepare", {"pay_method": method}, status=status)


def test_the_stock_is_free_at_once(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)

    closed = close(shop, session)
    shop.drain()

    assert closed["checkout"] is None
    assert shop.session(session)["status"] == "expired"
    assert shop.stock(item) == 1
    assert shop.open(item)["status"] == "prepared"


def test_giving_up_twice_gives_nothing_back_twice(shop: Shop) -> None:
    item = shop.item(stock=3)
    session = shop.open(item, quantity=2)

    close(shop, session)
    close(shop, session)
    shop.drain()
    close(shop, session)
    shop.drain()

    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 3)


def test_money_that_was_faster_counts(shop: Shop) -> None:
    session = shop.open()
    shop.pay(session)

    close(shop, session)
    shop.drain()

    assert shop.session(session)["status"] == "paid"
    assert shop.owned() == 1


@pytest.mark.parametrize(("late_payment", "status", "owned"), [("accept", "paid", 1), ("refund", "expired", 0)])
def test_money_through_a_window_that_was_left_open(
    shop_with: Callable[..., Shop], late_payment: str, status: str, owned: int
) -> None:
    shop = shop_with(late_payment=late_payment)
    session = shop.open()
    window = shop.window(session)
    close(shop, session)
    shop.drain()

    shop.act(window, "approve")
    shop.webhook(session, window)
    shop.drain()

    assert (shop.session(session)["status"], shop.owned()) == (status, owned)


def test_that_money_is_found_without_a_webhook_too(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    window = shop.window(session)
    close(shop, session)
    shop.drain()
    shop.portone.faults({"kind": "webhook_loss"})

    shop.act(window, "approve")
    turn(timedelta(minutes=31))
    shop.drain()

    assert shop.session(session)["status"] == "paid"


def test_portone_does_not_approve_what_was_given_up(shop: Shop) -> None:
    session = shop.open()
    close(shop, session)

    asked = {"imp_uid": "imp_1", "merchant_uid": session["merchant_uid"], "amount": session["amount"]}
    answer = shop.client.post("/api/v1/payments/confirm", json=asked)

    assert answer.status_code == 409
    assert "Order again" in answer.json["reason"]


def test_while_the_outcome_is_unknown(shop: Shop) -> None:
    session = shop.open()
    window = shop.window(session)
    shop.verify(session, window)

    close(shop, session)
    assert shop.session(session)["status"] == "verifying"
    shop.drain()

    assert shop.session(session)["status"] == "expired"


def test_an_account_that_waits_is_cancelled_instead(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.verify(session, account)
    shop.drain()

    assert close(shop, session, status=409)["code"] == "deposit_awaited"
    assert shop.session(session)["status"] == "awaiting_deposit"


def test_what_was_given_up_is_not_prepared_again(shop: Shop) -> None:
    session = shop.open()
    close(shop, session)

    assert choose(shop, session, "kakaopay", status=409)["code"] == "session_closed"


def test_somebody_elses(shop: Shop) -> None:
    session = shop.open()

    assert close(shop, session, "duri", 404)["code"] == "session_not_found"
    assert shop.session(session)["status"] == "prepared"


def test_another_way_to_pay(shop: Shop) -> None:
    session = shop.open(pay_method="card")

    chosen = choose(shop, session, "kakaopay")

    assert chosen["pay_method"] == chosen["checkout"]["params"]["pay_method"] == "kakaopay"
    assert chosen["checkout"]["params"]["pg"] == "kakaopay"
    assert chosen["amount"] == session["amount"]
    shop.verify(chosen, shop.pay(chosen))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_another_way_after_a_refusal(shop: Shop) -> None:
    session = shop.open()
    declined = shop.window(session)
    shop.act(declined, "decline")
    shop.verify(session, declined)
    shop.drain()

    choose(shop, session, "trans")
    shop.drain()
    session = shop.session(session)
    shop.verify(session, shop.pay(session))
    shop.drain()

    assert (shop.session(session)["status"], shop.session(session)["pay_method"]) == ("paid", "trans")


def test_not_while_a_payment_is_under_way(shop: Shop) -> None:
    session = shop.open()
    shop.verify(session, shop.window(session))

    assert choose(shop, session, "trans", status=409)["code"] == "payment_under_way"
    assert choose(shop, session, "card")["status"] == "verifying"


def test_the_etag_tells_of_another_way(shop: Shop) -> None:
    session = shop.open()
    path = f"/api/v1/payments/sessions/{session['session_id']}"
    before = shop.client.get(path, headers=shop.login()).headers["ETag"]

    choose(shop, session, "trans")

    assert shop.client.get(path, headers=shop.login()).headers["ETag"] != before
