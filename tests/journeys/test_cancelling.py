"""Refunds: in full, in part, by quantity or by amount."""

from typing import Any

import pytest

from tests.shop import OPERATOR, Json, Shop


def cancelled(shop: Shop, session: Json, **wish: Any) -> str:
    """Request a refund and execute it; the resulting session. By amount, an operator requests it."""
    ask = shop.refund if "amount" in wish else shop.cancel
    ask(session, **wish)
    shop.drain()
    return str(shop.session(session)["status"])


@pytest.fixture(params=["cancelled", "paid"])
def policy(shop: Shop, request: pytest.FixtureRequest) -> str:
    """PortOne V1 has no word for a partial cancel and may say either; only amounts count."""
    shop.portone.control("PATCH", "settings", {"partial_cancel_status": request.param})
    return str(request.param)


def test_in_full(shop: Shop) -> None:
    item = shop.item(stock=3)
    session = shop.paid(item, quantity=2)
    assert shop.stock(item) == 1
    assert cancelled(shop, session) == "cancelled"
    payment = shop.payment(session)
    (record,) = payment["cancellations"]
    assert (record["stage"], record["amount"], record["reason"]) == ("succeeded", 20_000, "마음이 바뀌었어요")
    assert record["receipt_url"].startswith("https://")
    assert (payment["status"], payment["cancelled_amount"]) == ("cancelled", 20_000)
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (0, 3, 0)
    assert sum(line["amount"] for line in payment["timeline"]) == 0


def test_by_amount_and_then_the_rest(shop: Shop, policy: str) -> None:
    """A part of the price returns no units; the rest of it returns all of them."""
    item = shop.item(stock=3)
    session = shop.paid(item, quantity=2)
    assert cancelled(shop, session, amount=3_000) == "partially_cancelled"
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (2, 1, 17_000)
    assert shop.payment(session)["provider_status"] == (policy if shop.generation == "v1" else "PARTIAL_CANCELLED")
    assert cancelled(shop, session, amount=17_000) == "cancelled"
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (0, 3, 0)
    assert shop.story(session)[-3:] == ["paid", "partially_cancelled", "cancelled"]


def test_by_quantity(shop: Shop, policy: str) -> None:
    item = shop.item(price=7_000, stock=5)
    session = shop.paid(item, quantity=3)
    assert cancelled(shop, session, quantity=1) == "partially_cancelled"
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (2, 3, 14_000)
    assert cancelled(shop, session, quantity=2) == "cancelled"
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (0, 5, 0)
    assert [record["quantity"] for record in shop.payment(session)["cancellations"]] == [1, 2]


def test_quantity_and_amount_one_after_the_other(shop: Shop) -> None:
    item = shop.item(price=5_000, stock=4)
    session = shop.paid(item, quantity=4)
    cancelled(shop, session, quantity=2)
    cancelled(shop, session, amount=1_000)
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (2, 2, 9_000)
    assert cancelled(shop, session) == "cancelled"
    assert (shop.owned(), shop.stock(item)) == (0, 4)


def test_requested_before_the_first_was_executed(shop: Shop) -> None:
    """Cancels of one payment wait in line: each sees the balance that the one before left."""
    session = shop.paid()
    for amount in (1_000, 2_000, 3_000):
        shop.refund(session, amount)
    assert shop.refund(session, 5_000, status=422)["code"] == "amount_too_large"
    shop.drain()
    entry = shop.portone.ledger()[session["imp_uid"]]
    assert [cancel["amount"] for cancel in entry["cancels"]] == [1_000, 2_000, 3_000]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"amount": 10_001}, "amount_too_large"),
        ({"quantity": 2}, "quantity_too_large"),
        ({"amount": 100, "quantity": 2}, "quantity_too_large"),
    ],
)
def test_more_than_there_is(shop: Shop, wish: Json, code: str) -> None:
    session = shop.paid()
    shop.login(OPERATOR, role="admin")
    assert shop.cancel(session, OPERATOR, status=422, **wish)["code"] == code
    assert shop.due() == set()


@pytest.mark.parametrize(
    "wish", [{"amount": 77_999}, {"amount": 78_000}, {"amount": 1}, {"amount": 7_800, "quantity": 1}]
)
def test_a_buyer_cannot_cancel_by_amount(shop: Shop, wish: Json) -> None:
    """Otherwise 77,999 of 78,000 won could be refunded and all ten units kept."""
    session = shop.paid(shop.item(price=7_800), quantity=10)
    problem = shop.cancel(session, status=403, **wish)
    assert (problem["code"], list(problem["errors"])) == ("amount_for_operators_only", ["amount"])
    assert shop.due() == set()
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (10, 78_000)


def test_an_operator_cannot_cancel_an_own_purchase_by_amount(shop: Shop) -> None:
    shop.login(OPERATOR, role="admin")
    session = shop.paid(user=OPERATOR)
    assert shop.refund(session, 9_999, OPERATOR, status=403)["code"] == "amount_for_operators_only"
    shop.post(f"/payments/{session['payment_id']}/cancel", {"reason": "변심"}, OPERATOR)
    shop.drain()
    assert (shop.session(session, OPERATOR)["status"], shop.owned(OPERATOR)) == ("cancelled", 0)


def test_all_that_is_left_while_an_earlier_part_is_refused(shop: Shop) -> None:
    """The PG refuses the cancel of one piece. The cancel of the rest gives back the rest, pieces and money."""
    session = shop.paid(shop.item(price=1_000), quantity=10)
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "times": 1})
    shop.cancel(session, quantity=1)
    shop.cancel(session)
    shop.drain()
    stages = [(row["stage"], row["amount"], row["quantity"]) for row in shop.payment(session)["cancellations"]]
    assert stages == [("refused", 1_000, 1), ("succeeded", 9_000, 9)]
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (1, 1_000)
    assert cancelled(shop, session) == "cancelled"
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (0, 0)


def test_nothing_is_left(shop: Shop) -> None:
    session = shop.paid()
    cancelled(shop, session)
    assert shop.cancel(session, status=409)["code"] == "nothing_left"


def test_nothing_was_paid(shop: Shop) -> None:
    session = shop.open()
    shop.decline(session)
    assert shop.cancel(session, status=409)["code"] == "nothing_to_cancel"


def test_an_operator_cancels_for_a_buyer(shop: Shop) -> None:
    session = shop.paid(user="minji")
    shop.login("operator", role="admin")
    shop.post(f"/payments/{session['payment_id']}/cancel", {"reason": "품절"}, "operator")
    shop.drain()
    assert shop.session(session, "minji")["status"] == "cancelled"
    seen = {user: shop.get(f"/payments/{session['payment_id']}", user)["timeline"] for user in ("minji", "operator")}
    actors = {user: {line["actor"] for line in lines if line["cause"] == "cancel"} for user, lines in seen.items()}
    assert actors == {"minji": {"operator"}, "operator": {"operator"}}


def test_the_same_key_cancels_once(shop: Shop) -> None:
    session = shop.paid(quantity=2)
    path, wish = f"/payments/{session['payment_id']}/cancel", {"quantity": 1, "reason": "변심"}
    first = shop.post(path, wish, key="cancel-1")
    shop.drain()
    assert shop.post(path, wish, key="cancel-1") == first
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 10_000


def test_cancelled_in_the_console(shop: Shop) -> None:
    """Nobody requested it here; the webhook reports it, and goods and stock follow."""
    item = shop.item(stock=1)
    session = shop.paid(item)
    shop.act(session["imp_uid"], "console-cancel")
    shop.webhook(session, session["imp_uid"], "cancelled", cancellation_id=f"{session['imp_uid']}-c1")
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"
    (record,) = shop.payment(session)["cancellations"]
    assert (record["stage"], record["reason"]) == ("succeeded", "관리자 콘솔 취소")
    assert (shop.owned(), shop.stock(item)) == (0, 1)


def test_partly_cancelled_in_the_console_twice(shop: Shop, policy: str) -> None:
    """Two webhooks with identical bodies stand for two cancels."""
    session = shop.paid()
    for left in (7_000, 4_000):
        shop.act(session["imp_uid"], "console-cancel", amount=3_000)
        shop.webhook(session, session["imp_uid"], "cancelled")
        shop.drain()
        assert shop.session(session)["status"] == "partially_cancelled"
        assert shop.payment(session)["cancelled_amount"] == 10_000 - left
    assert shop.owned() == 1


def test_paid_and_cancelled_before_any_webhook(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    shop.act(imp_uid, "console-cancel")
    shop.webhook(session, imp_uid)
    shop.webhook(session, imp_uid, "cancelled")
    shop.drain()
    assert shop.story(session)[-2:] == ["paid", "cancelled"]
    assert shop.owned() == 0
