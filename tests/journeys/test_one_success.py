"""Behaviour of V2 only: one successful attempt per order, refunds that take days, undecided approvals."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from tests.journeys.generations import V2_ONLY
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]

pytestmark = V2_ONLY


def only_cancel(shop: Shop, session: Json) -> Json:
    """Our only record of money on its way back."""
    (record,) = shop.payment(session)["cancellations"]
    return dict(record)


def reason_to_wait(shop: Shop) -> str:
    """What the only cancel waits for."""
    with shop.app.app_context():
        return str(db.session.query(Cancellation).one().last_error)


def waiting_refund(shop: Shop) -> Json:
    """A paid session whose refund PortOne took and the PG has not decided about."""
    shop.portone.control("PATCH", "settings", {"v2_cancel": "requested"})
    session = shop.paid()
    shop.refund(session, 4_000)
    shop.drain()
    return session


def test_a_second_payment_of_the_same_order_is_refused_at_portone(shop: Shop) -> None:
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    shop.act(first, "approve")
    assert shop.act(second, "approve")["code"] == "PGProviderError"
    shop.verify(session, second)
    shop.drain()
    assert (shop.session(session)["status"], shop.session(session)["imp_uid"], shop.owned()) == ("paid", first, 1)
    assert (shop.kept(first), shop.kept(second)) == (10_000, 0)


def test_an_account_is_closed_once_another_attempt_was_paid(shop: Shop) -> None:
    """It need not be withdrawn: PortOne accepts no deposit any more."""
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.webhook(session, account, "ready")
    shop.drain()
    assert shop.session(session)["status"] == "awaiting_deposit"

    card = shop.pay(session, pay_method="card")
    shop.webhook(session, card)
    shop.drain()

    assert shop.session(session)["status"] == "paid"
    states = {entry["imp_uid"]: entry["status"] for entry in shop.get("/me/payments")["items"]}
    assert states == {account: "cancelled", card: "paid"}
    assert shop.portone.calls_to("vbanks.revoke") == []


def test_a_pending_refund(shop: Shop, turn: Turn) -> None:
    """HTTP 200 does not mean refunded: neither money nor goods move before the PG has decided."""
    session = waiting_refund(shop)
    for _ in range(3):
        turn(timedelta(hours=5))
        shop.drain()
    assert (only_cancel(shop, session)["stage"], shop.session(session)["status"]) == ("sent", "paid")
    assert "has not decided" in reason_to_wait(shop)

    shop.act(session["imp_uid"], "finish-cancel")
    turn(timedelta(hours=2))
    shop.drain()

    assert (only_cancel(shop, session)["stage"], shop.kept(session["imp_uid"])) == ("succeeded", 6_000)
    assert shop.session(session)["status"] == "partially_cancelled"
    assert len(shop.portone.calls_to("payments.cancel")) == 1


def test_the_webhook_reports_the_pgs_decision(shop: Shop) -> None:
    session = waiting_refund(shop)
    shop.act(session["imp_uid"], "finish-cancel")
    shop.v2_webhook(session, session["imp_uid"], "PartialCancelled", cancellationId="whatever it says")
    shop.drain()
    assert only_cancel(shop, session)["stage"] == "succeeded"


def test_the_pg_refuses_later(shop: Shop, turn: Turn) -> None:
    session = waiting_refund(shop)
    shop.act(session["imp_uid"], "finish-cancel", succeeds=False)
    turn(timedelta(hours=2))
    shop.drain()
    refused = only_cancel(shop, session)
    assert (refused["stage"], shop.session(session)["status"], shop.owned()) == ("refused", "paid", 1)
    assert "could not carry it out" in refused["refusal"]

    shop.portone.control("PATCH", "settings", {"v2_cancel": "at_once"})
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], shop.kept(session["imp_uid"])) == ("cancelled", 0)


def test_the_pg_refuses_at_once(shop: Shop) -> None:
    """It comes with HTTP 200, and is a refusal all the same."""
    shop.portone.control("PATCH", "settings", {"v2_cancel": "failed"})
    session = shop.paid()
    shop.cancel(session)
    shop.drain()
    assert (only_cancel(shop, session)["stage"], shop.session(session)["status"]) == ("refused", "paid")
    assert len(shop.portone.calls_to("payments.cancel")) == 1


def test_the_answer_to_a_pending_refund_was_lost(shop: Shop, turn: Turn) -> None:
    """It is known by its amount, and is not asked for twice."""
    shop.portone.control("PATCH", "settings", {"v2_cancel": "requested"})
    session = shop.paid()
    shop.portone.faults({"kind": "reset_after", "endpoint": "payments.cancel", "times": 1})
    shop.refund(session, 4_000)
    for _ in range(3):
        shop.drain()
        turn(timedelta(minutes=10))
    assert "has not decided" in reason_to_wait(shop)
    shop.act(session["imp_uid"], "finish-cancel")
    turn(timedelta(hours=2))
    shop.drain()
    assert (only_cancel(shop, session)["stage"], shop.kept(session["imp_uid"])) == ("succeeded", 6_000)
    assert len(shop.portone.calls_to("payments.cancel")) == 1


@pytest.mark.parametrize("kind", ["reset_before", "status"])
def test_the_same_cancel_keeps_its_key(shop: Shop, turn: Turn, kind: str) -> None:
    session = shop.paid()
    shop.portone.faults({"kind": kind, "status": 502, "endpoint": "payments.cancel", "times": 2})
    shop.refund(session, 4_000)
    for _ in range(6):
        shop.drain()
        turn(timedelta(minutes=11))
    keys = [call["idempotency_key"] for call in shop.portone.calls_to("payments.cancel")]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert keys[0].startswith('"can')
    assert shop.kept(session["imp_uid"]) == 6_000


def test_a_cancel_that_is_another_order_has_another_key(shop: Shop, turn: Turn) -> None:
    """The console changed the balance meanwhile: what is sent then must not get the old answer."""
    session = shop.paid()
    shop.act(session["imp_uid"], "console-cancel", amount=3_000)
    shop.refund(session, 5_000)
    for _ in range(4):
        shop.drain()
        turn(timedelta(minutes=11))
    keys = [call["idempotency_key"] for call in shop.portone.calls_to("payments.cancel")]
    assert len(keys) == len(set(keys)) == 2
    assert shop.kept(session["imp_uid"]) == 2_000


def test_an_approval_that_is_not_decided_holds_the_session_open(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    attempt = shop.window(session)
    shop.act(attempt, "pend")
    for _ in range(4):
        turn(timedelta(minutes=40))
        shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("prepared", 0)
    assert shop.session(session)["provider_status"] == "PAY_PENDING"

    shop.act(attempt, "approve")
    turn(timedelta(minutes=20))
    shop.drain()

    assert shop.session(session)["status"] == "paid"


def test_a_disputed_payment_stays_paid(shop: Shop) -> None:
    session = shop.paid()
    shop.act(session["imp_uid"], "dispute")
    assert shop.v2_webhook(session, session["imp_uid"], "DisputeCreated").status_code == 200
    shop.drain()
    assert shop.session(session)["status"] == "paid"
