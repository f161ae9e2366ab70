"""V1 is asked about several orders at once: what that answer settles, and what is asked about one by one."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from pitturu.cooldown import Cooldown
from pitturu.domain.jobs import JobName
from pitturu.payments import verification
from pitturu.payments.handlers import BATCH_PAUSE
from tests.shop import Json, Shop

pytestmark = pytest.mark.parametrize("generation", ["v1"])
"""V2 has no such call."""

BUYERS = ("hana", "minji", "jiho", "seoyeon")


def paid_by(shop: Shop, *buyers: str) -> list[tuple[str, Json, str]]:
    """Each buyer's order with its paid attempt; nobody has reported it."""
    orders = [(buyer, shop.open(user=buyer)) for buyer in buyers]
    return [(buyer, session, shop.pay(session)) for buyer, session in orders]


def verified(shop: Shop, orders: list[tuple[str, Json, str]]) -> list[str]:
    """Every buyer reports the payment at the same time; how the orders stand then."""
    for buyer, session, imp_uid in orders:
        shop.verify(session, imp_uid, user=buyer)
    shop.drain()
    return [shop.session(session, user=buyer)["status"] for buyer, session, _ in orders]


def calls(shop: Shop) -> tuple[int, int]:
    """How many calls were about several orders, and how many about one. Those with an expired token are not counted."""
    made = Counter(call["endpoint"] for call in shop.portone.calls("") if call["status"] != 401)
    return made["payments.list"], made["payments.findAll"]


def test_orders_that_were_reported_together_are_one_call(shop: Shop) -> None:
    orders = paid_by(shop, *BUYERS)

    assert verified(shop, orders) == ["paid"] * 4
    assert calls(shop) == (1, 0)
    assert [shop.owned(buyer) for buyer in BUYERS] == [1] * 4


def test_one_order_is_asked_about_alone(shop: Shop) -> None:
    assert verified(shop, paid_by(shop, "hana")) == ["paid"]
    assert calls(shop) == (0, 1)


def test_webhooks_that_came_together_are_one_call(shop: Shop) -> None:
    orders = paid_by(shop, *BUYERS)
    for _, session, imp_uid in orders:
        shop.webhook(session, imp_uid)
    shop.drain()

    assert [shop.session(session, user=buyer)["status"] for buyer, session, _ in orders] == ["paid"] * 4
    assert calls(shop) == (1, 0)


def test_a_webhook_of_another_attempt_is_still_asked_about(shop: Shop) -> None:
    """Two windows are paid, and the answer about several orders lists one: it does not close the other's webhook."""
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    for imp_uid in (first, second):
        shop.act(imp_uid, "approve")
    orders = [("hana", session, first), *paid_by(shop, "minji")]
    shop.portone.faults({"kind": "older_attempt", "endpoint": "payments.list"})
    shop.webhook(session, second)

    assert verified(shop, orders) == ["paid", "paid"]
    assert {shop.kept(first), shop.kept(second)} == {0, session["amount"]}


def test_orders_that_portone_leaves_out_are_asked_about_alone(shop: Shop) -> None:
    orders = paid_by(shop, *BUYERS)
    shop.portone.faults({"kind": "left_out", "merchant_uid": orders[2][1]["merchant_uid"], "endpoint": "payments.list"})

    assert verified(shop, orders) == ["paid"] * 4
    assert calls(shop) == (1, 1)


def test_who_has_not_paid_is_asked_about_alone(shop: Shop) -> None:
    orders = paid_by(shop, "hana", "minji")
    liar = shop.open(user="jiho")
    shop.verify(liar, "imp_000000000000", user="jiho")

    assert verified(shop, orders) == ["paid", "paid"]
    alone = {order for call in shop.portone.calls_to("payments.findAll") for order in call["merchant_uid"]}
    assert (alone, calls(shop)[0], shop.owned("jiho")) == ({liar["merchant_uid"]}, 1, 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "malformed"},
        {"kind": "wrong_amount"},
        {"kind": "wrong_order"},
        {"kind": "unknown_enum", "field": "status"},
        {"kind": "left_out"},
    ],
)
def test_a_call_that_settles_nothing_is_repeated_one_by_one_and_then_not_made_again(shop: Shop, fault: Json) -> None:
    """The pause after it is measured with a clock that stands still."""
    shop.engine.context.batch_pauses[JobName.VERIFY] = Cooldown(BATCH_PAUSE, lambda: 0.0)
    shop.portone.faults({**fault, "endpoint": "payments.list"})

    assert verified(shop, paid_by(shop, "hana", "minji")) == ["paid", "paid"]
    assert calls(shop) == (1, 2)
    assert verified(shop, paid_by(shop, "jiho", "seoyeon")) == ["paid", "paid"]
    assert calls(shop) == (1, 4)


@pytest.mark.parametrize("status", [429, 401, 403])
def test_a_refusal_of_all_calls_is_no_reason_for_more_of_them(
    shop: Shop, status: int, turn: Callable[[timedelta], None]
) -> None:
    orders = paid_by(shop, *BUYERS)
    shop.portone.faults({"kind": "status", "status": status, "endpoint": "payments.*"})

    for buyer, session, imp_uid in orders:
        shop.verify(session, imp_uid, user=buyer)
    shop.engine.work(verification.HANDLER)

    assert len(shop.portone.calls_to("payments.list")) >= 1
    assert shop.portone.calls_to("payments.findAll") == []
    shop.portone.faults()
    turn(timedelta(hours=1))
    shop.drain()
    assert [shop.session(session, user=buyer)["status"] for buyer, session, _ in orders] == ["paid"] * 4


def test_a_payment_of_another_order_pays_neither(shop: Shop) -> None:
    """The entry about one order carries the number of another one, whose buyer did not pay."""
    (paid,) = paid_by(shop, "hana")
    thief = shop.open(user="minji")
    fault = {"kind": "wrong_order", "merchant_uid": paid[1]["merchant_uid"], "endpoint": "payments.list"}
    other = paid_by(shop, "jiho")
    shop.portone.faults(fault)
    shop.verify(thief, "imp_000000000000", user="minji")

    assert verified(shop, [paid, *other]) == ["paid", "paid"]
    assert [shop.owned(buyer) for buyer in ("hana", "minji", "jiho")] == [1, 0, 1]


def test_a_smaller_payment_buys_nothing(shop: Shop) -> None:
    orders = paid_by(shop, "hana", "minji")
    thief = shop.open(user="jiho")
    small = shop.window(thief)
    shop.act(small, "approve", amount=100)

    assert verified(shop, [*orders, ("jiho", thief, small)]) == ["paid", "paid", "mismatched"]
    assert (calls(shop)[0], shop.owned("jiho"), shop.kept(small)) == (1, 0, 0)


def test_a_setting_turns_it_off(shop_with: Callable[..., Shop], app: Flask) -> None:
    shop = shop_with(portone_batch=0)
    assert verified(shop, paid_by(shop, *BUYERS)) == ["paid"] * 4
    assert calls(shop) == (0, 4)
    shop.balance()


def test_the_last_look_is_at_each_order_alone(shop: Shop, turn: Callable[..., None]) -> None:
    orders = paid_by(shop, *BUYERS)
    verified(shop, orders)
    turn(shop.row(orders[0][1]).expires_at - shop.row(orders[0][1]).created_at)
    shop.drain()
    assert calls(shop) == (1, 4)
