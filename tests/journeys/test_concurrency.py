"""Concurrency: impatient browsers, repeated webhooks, several workers, the last unit in stock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tests.journeys.concurrency import codes, concurrently, post, workers
from tests.shop import Shop
from tests.values import BUYER


def test_a_hundred_concurrent_verifies(shop: Shop) -> None:
    item = shop.item(stock=5)
    session = shop.open(item)
    imp_uid = shop.pay(session)
    news = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
    verify = partial(post, shop, "/payments/verify", news)
    webhook = partial(post, shop, "/payments/webhook", news | {"status": "paid"})
    with workers(shop):
        answers = [answer for _ in range(5) for answer in concurrently(*[verify, webhook] * 10)]
    assert set(codes(answers)) == {200, 202}
    assert shop.story(session) == ["created", "prepared", "verifying", "paid"]
    assert (shop.owned(), shop.stock(item)) == (1, 4)
    assert [line["amount"] for line in shop.payment(session)["timeline"] if line["kind"] == "money"] == [10_000]
    assert len(shop.get("/me/payments")["items"]) == 1


def test_the_last_pieces(shop: Shop) -> None:
    """Eight buyers, three units: three checkouts, and five refusals with a reason."""
    item = shop.item(stock=3)
    buyers = [f"buyer{number}" for number in range(8)]
    for buyer in buyers:
        shop.login(buyer)
    wish = {"item_id": item, "quantity": 1, **BUYER}
    answers = concurrently(*[partial(post, shop, "/payments/sessions", wish, buyer) for buyer in buyers])
    assert codes(answers) == [201] * 3 + [409] * 5
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"out_of_stock"}
    assert shop.stock(item) == 0
    shop.drain()


def test_repeated_clicks(shop: Shop) -> None:
    """Six clicks with one Idempotency-Key are one checkout."""
    item = shop.item(stock=10)
    wish = {"item_id": item, "quantity": 2, **BUYER}
    shop.login()
    click = partial(post, shop, "/payments/sessions", wish, **{"Idempotency-Key": "one-click"})
    answers = concurrently(*[click] * 6)
    assert set(codes(answers)) <= {201, 409}
    opened = {answer.json["session_id"] for answer in [*answers, click()] if answer.status_code == 201}
    assert (len(opened), shop.stock(item)) == (1, 8)
    shop.drain()


def test_two_partial_cancels_that_both_fit(shop: Shop) -> None:
    session = shop.paid(shop.item(price=1_000), quantity=10)
    path = f"/payments/{session['payment_id']}/cancel"
    with workers(shop):
        answers = concurrently(
            partial(post, shop, path, {"quantity": 3, "reason": "하나"}),
            partial(post, shop, path, {"quantity": 4, "reason": "둘"}),
        )
    assert codes(answers) == [202, 202]
    entry = shop.portone.ledger()[session["imp_uid"]]
    assert sorted(cancel["amount"] for cancel in entry["cancels"]) == [3_000, 4_000]
    assert shop.owned() == 3
    assert shop.session(session)["status"] == "partially_cancelled"


def test_two_partial_cancels_that_exceed_the_amount(shop: Shop) -> None:
    session = shop.paid(shop.item(price=1_000), quantity=10)
    path = f"/payments/{session['payment_id']}/cancel"
    with workers(shop):
        answers = concurrently(*[partial(post, shop, path, {"quantity": 6, "reason": "반품"})] * 2)
    assert codes(answers) == [202, 422]
    refused = next(answer.json for answer in answers if answer.status_code == 422)
    assert refused["code"] == "quantity_too_large"
    assert refused["errors"] == {"quantity": ["Only 4 pieces can still be returned."]}
    assert shop.kept(session["imp_uid"]) == 4_000


def test_many_full_cancels_move_the_money_once(shop: Shop) -> None:
    session = shop.paid()
    path = f"/payments/{session['payment_id']}/cancel"
    with workers(shop):
        answers = concurrently(*[partial(post, shop, path, {"reason": "변심"})] * 6)
    assert codes(answers) == [202] + [409] * 5
    assert len(shop.portone.ledger()[session["imp_uid"]]["cancels"]) == 1
    assert (shop.session(session)["status"], shop.owned()) == ("cancelled", 0)


def test_cancel_and_console_at_the_same_moment(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    """Whichever comes first, both cancels are executed once and recorded once."""
    session = shop.paid(shop.item(price=1_000), quantity=10)
    path = f"/payments/{session['payment_id']}/cancel"
    with workers(shop):
        concurrently(
            partial(post, shop, path, {"quantity": 2, "reason": "변심"}),
            partial(shop.act, session["imp_uid"], "console-cancel", amount=5_000),
            partial(shop.webhook, session, session["imp_uid"], "cancelled"),
        )
    shop.webhook(session, session["imp_uid"], "cancelled")
    turn(timedelta(seconds=30))
    shop.drain()
    entry = shop.portone.ledger()[session["imp_uid"]]
    assert sorted(cancel["amount"] for cancel in entry["cancels"]) == [2_000, 5_000]
