"""A payment that differs from the order is refunded: automatically, in full, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain.verdict import Environment
from pitturu.payments import verification
from tests.journeys.generations import V1_ONLY
from tests.shop import Json, Shop


def reported(shop: Shop, session: Json, imp_uid: str) -> Json:
    """The session after browser and webhook spoke, and everything that follows was done."""
    shop.verify(session, imp_uid)
    shop.webhook(session, imp_uid)
    shop.drain()
    return shop.session(session)


def refunded_once(shop: Shop, imp_uid: str) -> Json:
    """PortOne executed exactly one cancel of this payment, in full; our only record of it."""
    cancels = shop.portone.ledger()[imp_uid]["cancels"]
    assert (len(cancels), shop.kept(imp_uid)) == (1, 0)
    payment = next(entry for entry in shop.get("/me/payments")["items"] if entry["imp_uid"] == imp_uid)
    (record,) = shop.get(f"/payments/{payment['payment_id']}")["cancellations"]
    assert (record["stage"], record["amount"]) == ("succeeded", payment["amount"])
    return payment


def test_portone_refuses_a_window_with_another_amount(shop: Shop) -> None:
    with pytest.raises(AssertionError, match=r"F0409|AmountNotEqualToPredefined"):
        shop.window(shop.open(), amount=100)


@pytest.mark.parametrize("amount", [100, 9_999, 10_001])
def test_tampered_before_the_amount_was_registered(shop: Shop, amount: int) -> None:
    item = shop.item(price=10_000, stock=1)
    session = shop.open(item, prepared=False)
    imp_uid = shop.pay(session, amount=amount)
    session = reported(shop, session, imp_uid)
    assert session["status"] == "mismatched"
    assert refunded_once(shop, imp_uid)["verdict"] == "amount_differs"
    assert (shop.owned(), shop.stock(item)) == (0, 1)


@pytest.mark.parametrize(
    ("took", "verdict"), [({"amount": 9_000}, "amount_differs"), ({"currency": "USD"}, "currency_differs")]
)
def test_the_pg_charged_another_amount(shop: Shop, took: Json, verdict: str) -> None:
    session = shop.open()
    imp_uid = shop.window(session)
    shop.act(imp_uid, "approve", **took)
    session = reported(shop, session, imp_uid)
    assert session["status"] == "mismatched"
    assert refunded_once(shop, imp_uid)["verdict"] == verdict


@pytest.mark.parametrize(("here", "sandbox"), [(Environment.LIVE, True), (Environment.TEST, False)])
def test_money_of_the_other_channel_kind(shop_with: Callable[..., Shop], here: Environment, sandbox: bool) -> None:
    """Test money buys nothing on a live installation; real money given to a test installation goes back."""
    shop = shop_with(portone_environment=here)
    session = shop.open()
    imp_uid = shop.pay(session, sandbox=sandbox)
    session = reported(shop, session, imp_uid)
    assert (session["status"], shop.owned()) == ("mismatched", 0)
    assert refunded_once(shop, imp_uid)["verdict"] == "channel_differs"
    shop.balance()


def test_live_money_on_a_live_installation(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(portone_environment=Environment.LIVE)
    session = shop.open()
    session = reported(shop, session, shop.pay(session, sandbox=False))
    assert session["status"] == "paid"
    shop.balance()


@V1_ONLY
def test_paid_twice_in_two_windows(shop: Shop) -> None:
    """The buyer had two tabs open: the second payment goes back, the first one stays."""
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    shop.act(first, "approve")
    session = reported(shop, session, first)
    shop.act(second, "approve")
    session = reported(shop, session, second)
    assert (session["status"], session["imp_uid"], shop.owned()) == ("paid", first, 1)
    assert refunded_once(shop, second)["verdict"] == "duplicate"
    assert shop.kept(first) == 10_000


def test_two_payments_in_one_answer(shop: Shop) -> None:
    session = shop.open()
    windows = [shop.window(session), shop.window(session)]
    for imp_uid in windows:
        shop.act(imp_uid, "approve")
    reported(shop, session, windows[1])
    assert sorted(shop.kept(imp_uid) for imp_uid in windows) == [0, 10_000]
    assert shop.owned() == 1


@V1_ONLY
def test_a_correct_payment_after_a_mismatch_is_accepted(shop: Shop) -> None:
    """The wrong money goes back, the right money stays: as if it had arrived first."""
    session = shop.open()
    wrong, right = shop.window(session), shop.window(session)
    shop.act(wrong, "approve", amount=1)
    reported(shop, session, wrong)
    shop.act(right, "approve")
    session = reported(shop, session, right)
    assert (session["status"], shop.owned()) == ("paid", 1)
    assert refunded_once(shop, wrong)["verdict"] == "amount_differs"
    assert shop.kept(right) == session["amount"]


def test_an_automatic_refund_cannot_be_cancelled_by_the_buyer(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.window(session)
    shop.act(imp_uid, "approve", amount=5)
    reported(shop, session, imp_uid)
    answer = shop.cancel(session, status=409)
    assert answer["code"] == "already_going_back"


def test_a_refused_automatic_refund_is_requested_again(shop: Shop) -> None:
    """The money would stay permanently otherwise: requesting a cancel sends the same refund again."""
    session = shop.open()
    imp_uid = shop.window(session)
    shop.act(imp_uid, "approve", amount=5)
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "times": 1})
    reported(shop, session, imp_uid)
    assert shop.kept(imp_uid) == 5
    shop.cancel(session)
    shop.drain()
    refunded_once(shop, imp_uid)


def test_part_of_it_was_given_back_in_the_console_first(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    """PortOne refuses our balance, and the rest is sent instead."""
    session = shop.open()
    imp_uid = shop.window(session)
    shop.act(imp_uid, "approve", amount=900)
    shop.verify(session, imp_uid)
    shop.engine.work(verification.HANDLER)
    shop.act(imp_uid, "console-cancel", amount=300)
    shop.drain()
    turn(timedelta(minutes=1))
    shop.drain()
    assert [cancel["amount"] for cancel in shop.portone.ledger()[imp_uid]["cancels"]] == [300, 600]
    assert shop.session(session)["status"] == "mismatched"
