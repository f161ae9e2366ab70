"""Second attempts: of declined buyers, of early verifies, of cancels that ran out of attempts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from pitturu.extensions import db
from tests.shop import Shop

Turn = Callable[[timedelta], None]


def out_of_tries(shop: Shop) -> None:
    """Every cancel has used up its tries."""
    with shop.app.app_context():
        db.session.execute(text("UPDATE payment_cancellations SET due_at = NULL, dead_at = now(), attempts = 99"))
        db.session.commit()


@pytest.mark.parametrize("who", ["hana", "operator"])
def test_a_dead_cancel_is_requested_again(shop: Shop, who: str) -> None:
    shop.login("operator", "admin")
    session = shop.paid()
    shop.cancel(session)
    out_of_tries(shop)

    shop.cancel(session, who)
    shop.drain()

    (cancellation,) = shop.payment(session)["cancellations"]
    assert cancellation["stage"] == "succeeded"
    assert shop.session(session)["status"] == "cancelled"
    shop.audit()


def test_a_dead_withdrawal_is_requested_again(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.webhook(session, account, "ready")
    shop.drain()
    shop.cancel(session)
    out_of_tries(shop)

    shop.cancel(session)
    shop.drain()

    assert shop.session(session)["status"] == "cancelled"
    shop.audit()


def test_an_automatic_refund_is_not_put_off_by_one_refusal(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    for attempt in (first, second):
        shop.act(attempt, "approve")
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "times": 1})
    shop.verify(session, first)

    for _ in range(4):
        shop.drain()
        turn(timedelta(minutes=11))

    assert sorted([shop.kept(first), shop.kept(second)]) == [0, session["amount"]]
    shop.audit()


def test_an_early_verify_does_not_skip_the_preparation(shop: Shop, turn: Turn) -> None:
    session = shop.open(prepared=False)
    shop.verify(session, "imp_000000000000")
    for _ in range(6):
        shop.drain()
        turn(timedelta(seconds=10))

    assert shop.portone.calls_to("prepare.create")
    assert shop.session(session)["status"] == "prepared"
    assert shop.session(session)["checkout"]["ready"]


def test_a_checkout_that_was_opened_again_stays_open(shop: Shop) -> None:
    session = shop.open()
    declined = shop.decline(session)
    assert shop.session(session)["status"] == "failed"

    shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})
    shop.drain()
    shop.verify(session, declined)
    shop.drain()
    assert shop.session(session)["status"] in ("verifying", "prepared")

    second = shop.pay(session)
    shop.verify(session, second)
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    shop.audit()
