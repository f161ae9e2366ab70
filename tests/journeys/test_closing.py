"""A buyer closes the session before paying."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pitturu.payments import verification
from pitturu.store import events
from tests.journeys.questions import confirmation
from tests.journeys.test_outages import DOWN
from tests.shop import Shop

Turn = Callable[[timedelta], None]
Json = dict[str, Any]


def close(shop: Shop, session: Json, user: str = "hana", status: int = 202) -> Json:
    return shop.post(f"/payments/sessions/{session['session_id']}/close", {}, user, status)


def prepare_again(shop: Shop, session: Json) -> Json:
    """Refused; the problem."""
    return shop.post(f"/payments/sessions/{session['session_id']}/prepare", {}, status=409)


def noted(shop: Shop, session: Json, kind: str) -> list[str]:
    """The actors in the timeline, line by line."""
    with shop.app.app_context():
        return [line.by or line.origin for line in events.of_session(shop.row(session).id) if line.kind == kind]


def test_the_stock_is_released_at_once(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)

    closed = close(shop, session)
    shop.drain()

    assert closed["checkout"] is None
    assert shop.session(session)["status"] == "expired"
    assert shop.stock(item) == 1
    assert shop.open(item)["status"] == "prepared"


def test_closing_twice_releases_stock_once(shop: Shop) -> None:
    item = shop.item(stock=3)
    session = shop.open(item, quantity=2)

    close(shop, session)
    close(shop, session)
    shop.drain()
    close(shop, session)
    shop.drain()

    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 3)
    assert noted(shop, session, "given_up") == ["buyer"]


def test_a_payment_before_the_close_counts(shop: Shop) -> None:
    session = shop.open()
    shop.pay(session)

    close(shop, session)
    shop.drain()

    assert shop.session(session)["status"] == "paid"
    assert shop.owned() == 1


@pytest.mark.parametrize(("late_payment", "status", "owned"), [("accept", "paid", 1), ("refund", "expired", 0)])
def test_money_through_a_window_that_was_left_open(
    shop_with: Callable[..., Shop], turn: Turn, late_payment: str, status: str, owned: int
) -> None:
    shop = shop_with(late_payment=late_payment)
    session = shop.open()
    window = shop.window(session)
    close(shop, session)
    shop.drain()

    # PortOne says when money arrived in whole seconds.
    turn(timedelta(seconds=1))
    shop.act(window, "approve")
    shop.webhook(session, window)
    shop.drain()

    assert (shop.session(session)["status"], shop.owned()) == (status, owned)
    assert shop.kept(window) == owned * session["amount"]
    shop.balance()


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


def test_the_confirm_process_refuses_a_closed_session(shop: Shop) -> None:
    session = shop.open()
    close(shop, session)

    answer = confirmation(shop, session)

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


def test_while_the_answer_is_that_it_was_paid(shop: Shop) -> None:
    session = shop.open()
    shop.verify(session, shop.pay(session))

    close(shop, session)
    shop.drain()

    assert shop.story(session) == ["created", "prepared", "verifying", "paid"]
    assert shop.owned() == 1


def test_while_verifying_and_portone_is_silent(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.verify(session, shop.window(session))
    shop.portone.faults({**DOWN, "endpoint": "payments.findAll", "times": 3})

    close(shop, session)
    for _ in range(6):
        shop.drain()
        turn(timedelta(seconds=5))
    shop.drain()

    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)


def test_while_a_worker_waits_for_an_older_answer(shop: Shop) -> None:
    """PortOne was asked before the session was closed, so its answer does not end the session; the next one does."""
    session = shop.open()
    shop.verify(session, shop.window(session))
    with shop.engine.transaction() as work:
        (claimed,) = verification.HANDLER.claim(shop.engine.context, work, 1)
    close(shop, session)

    with shop.engine.transaction() as work:
        reported = shop.engine.context.gateway("v1").attempts(session["merchant_uid"])
        verification.HANDLER.apply(shop.engine.context, work, claimed, reported)
    assert shop.session(session)["status"] == "verifying"
    shop.drain()

    assert shop.session(session)["status"] == "expired"


def test_before_the_amount_is_registered(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item, prepared=False)

    close(shop, session)
    shop.drain()

    assert shop.story(session) == ["created", "expired"]
    assert shop.stock(item) == 1


def test_after_a_decline(shop: Shop) -> None:
    """Its stock is released already; only the time for a second attempt ends."""
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.decline(session)

    assert close(shop, session)["status"] == "failed"
    shop.drain()

    assert shop.stock(item) == 1
    assert prepare_again(shop, session)["code"] == "session_closed"
    assert confirmation(shop, session).json["code"] == "session_closed"


def test_a_paid_session_is_not_closed(shop: Shop) -> None:
    session = shop.paid()

    assert close(shop, session)["status"] == "paid"
    shop.drain()

    assert (shop.session(session)["status"], shop.owned()) == ("paid", 1)


def test_an_account_that_waits_is_cancelled_instead(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.verify(session, account)
    shop.drain()

    assert close(shop, session, status=409)["code"] == "deposit_awaited"
    assert shop.session(session)["status"] == "awaiting_deposit"


def test_a_closed_session_is_not_prepared_again(shop: Shop) -> None:
    session = shop.open()
    close(shop, session)

    assert prepare_again(shop, session)["code"] == "session_closed"


def test_somebody_elses(shop: Shop) -> None:
    session = shop.open()

    assert close(shop, session, "duri", 404)["code"] == "session_not_found"
    assert shop.session(session)["status"] == "prepared"
