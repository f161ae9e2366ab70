"""Webhooks are lost, PortOne does not answer for hours, and still nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.payments import preparation, webhook_inbox
from tests.journeys.generations import V1_ONLY
from tests.shop import Shop

Turn = Callable[[timedelta], None]
AWAY = {"kind": "status", "status": 503, "endpoint": "*"}


def hours_pass(shop: Shop, turn: Turn, hours: int = 10) -> None:
    """Work is done as it becomes due, hour by hour."""
    for _ in range(hours):
        shop.drain()
        turn(timedelta(hours=1))
    shop.drain()


def test_a_second_window_approved_after_the_first_was_paid(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    shop.act(first, "approve")
    shop.verify(session, first)
    shop.drain()
    shop.act(second, "approve")

    hours_pass(shop, turn)

    assert (shop.kept(first), shop.kept(second)) == (session["amount"], 0)
    shop.audit()


@V1_ONLY
def test_a_deposit_on_a_mismatched_order(shop: Shop, turn: Turn) -> None:
    session = shop.open(prepared=False, pay_method="vbank")
    account, card = shop.window(session), shop.window(session, amount=5, pay_method="card")
    shop.drain()
    shop.act(account, "issue")
    shop.act(card, "approve")
    shop.verify(session, card)
    shop.drain()

    assert shop.session(session)["status"] == "mismatched"
    assert shop.kept(card) == 0
    assert shop.portone.ledger()[account]["status"] == "cancelled"
    shop.audit()


def test_an_account_issued_while_the_preparation_is_repeated(shop: Shop, turn: Turn) -> None:
    session = shop.open(prepared=False, pay_method="vbank")
    shop.portone.faults({**AWAY, "endpoint": "prepare.create", "times": 1})
    shop.engine.work(preparation.HANDLER)
    account = shop.window(session)
    shop.act(account, "issue")
    shop.webhook(session, account, "ready")
    shop.engine.work(webhook_inbox.HANDLER)
    turn(timedelta(minutes=5))
    shop.drain()
    shop.act(account, "deposit")

    hours_pass(shop, turn, 2)

    assert shop.session(session)["status"] == "paid"
    shop.audit()


def test_a_long_outage_of_portone(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=3)
    session, paid = shop.open(item), shop.open(item)
    shop.pay(paid)
    shop.portone.faults(AWAY)
    for _ in range(56):
        shop.drain()
        turn(timedelta(minutes=11))
    assert shop.row(session).dead_at is not None
    shop.portone.faults()

    hours_pass(shop, turn, 2)

    assert shop.session(session)["status"] == "expired"
    assert shop.session(paid)["status"] == "paid"
    assert shop.row(session).dead_at is None
    assert shop.stock(item) == 2
    shop.audit()


@pytest.mark.parametrize("amount", [3_000_000_000])
def test_a_window_with_invalid_data_delays_nothing(shop: Shop, turn: Turn, amount: int) -> None:
    item = shop.item(stock=3)
    session = shop.open(item, prepared=False)
    shop.window(session, amount=amount)

    hours_pass(shop, turn, 2)

    assert shop.session(session)["status"] == "expired"
    assert shop.stock(item) == 3
    shop.audit()
