"""PortOne has payments of unknown orders: they are kept for an operator, or refunded once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.reconciliation import discrepancies, runs
from tests.journeys.books import Turn, begin, compared
from tests.shop import Shop

REFUND = UnknownPaymentPolicy.REFUND


def order(shop: Shop, name: str, amount: int = 7_000, **more: Any) -> str:
    """A payment of an unknown order; the attempt."""
    wish = {"generation": shop.generation, "merchant_uid": name, "amount": amount, "sandbox": True, **more}
    attempt = str(shop.portone.control("POST", "payments", wish)["imp_uid"])
    shop.act(attempt, "approve")
    return attempt


def test_a_payment_of_an_unknown_order_is_kept_for_an_operator(shop_with: Callable[..., Shop], turn: Turn) -> None:
    shop = shop_with()
    attempt = order(shop, "another-system-7")

    books = compared(shop, turn)

    assert books.findings == [("unknown", "open")]
    assert shop.kept(attempt) == 7_000


def test_a_payment_of_an_unknown_order_is_refunded_once_by_policy(shop_with: Callable[..., Shop], turn: Turn) -> None:
    shop = shop_with(unknown_payment=REFUND)
    attempt = order(shop, "nobodys")

    first, second = compared(shop, turn), compared(shop, turn)

    assert first.findings == [("unknown", "healed")]
    assert second.findings == []
    assert (shop.kept(attempt), len(shop.portone.calls_to("payments.cancel"))) == (0, 1)


def test_a_deposit_for_an_unknown_order_is_left_to_an_operator(shop_with: Callable[..., Shop], turn: Turn) -> None:
    """Its refund needs an account, which nobody has named."""
    shop = shop_with(unknown_payment=REFUND)
    wish = {"generation": shop.generation, "merchant_uid": "nobodys", "amount": 7_000, "sandbox": True}
    attempt = str(shop.portone.control("POST", "payments", {**wish, "pay_method": "vbank"})["imp_uid"])
    shop.act(attempt, "issue")
    shop.act(attempt, "deposit")

    books = compared(shop, turn)

    assert books.findings == [("unknown", "open")]
    assert (shop.kept(attempt), shop.portone.calls_to("payments.cancel")) == (7_000, [])


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "hang_after"])
def test_an_unknown_payment_is_refunded_once_although_the_answer_is_lost(
    shop_with: Callable[..., Shop], turn: Turn, fault: str
) -> None:
    shop = shop_with(unknown_payment=REFUND, portone_read_timeout=timedelta(seconds=0.3))
    attempt = order(shop, "nobodys")
    shop.portone.faults({"kind": fault, "endpoint": "payments.cancel", "times": 1, "seconds": 1})

    begin(shop)
    for _ in range(6):
        shop.drain()
        turn(timedelta(minutes=1))

    assert shop.kept(attempt) == 0
    assert len(shop.portone.control("GET", f"payments/{attempt}")["cancel_history"]) == 1


def test_an_unknown_payment_partly_refunded_in_the_console(shop_with: Callable[..., Shop], turn: Turn) -> None:
    shop = shop_with(unknown_payment=REFUND)
    attempt = order(shop, "nobodys")
    shop.act(attempt, "console-cancel", amount=3_000)

    books = compared(shop, turn)

    assert [(one.amount, one.refund) for one in books.rows] == [(4_000, "succeeded")]
    assert shop.kept(attempt) == 0


def test_many_unknown_payments_are_not_refunded(
    shop_with: Callable[..., Shop], turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our database was restored from an old backup, or another shop uses the account: nothing more is given back."""
    monkeypatch.setattr(discrepancies, "MOST_REFUNDS", 2)
    shop = shop_with(unknown_payment=REFUND)
    attempts = [order(shop, f"other{number}") for number in range(4)]

    books = compared(shop, turn)

    assert [state for _, state in books.findings].count("open") == 2
    assert sum(shop.kept(attempt) > 0 for attempt in attempts) == 2


def test_a_changed_policy_stops_unsent_refunds(shop_with: Callable[..., Shop], turn: Turn) -> None:
    eager, wary = shop_with(unknown_payment=REFUND), shop_with()
    attempt = order(eager, "nobodys")
    books = begin(eager)
    while not books.rows:
        eager.engine.work(runs.HANDLER)

    books.shop.engine.threads.shutdown()
    wary.drain()

    assert wary.kept(attempt) == 7_000
