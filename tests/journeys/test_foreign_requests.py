"""Webhooks about unknown orders, and users who request data of others."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from pitturu.domain.ids import merchant_uid
from pitturu.extensions import db
from pitturu.payments import checkout
from pitturu.payments.cart import WantedLine
from pitturu.services import services_of
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhooks import WebhookDelivery
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]


def delivery(shop: Shop) -> WebhookDelivery:
    """The only delivery in the inbox."""
    with shop.app.app_context():
        return db.session.scalars(select(WebhookDelivery)).one()


def test_a_webhook_about_an_unknown_order(shop: Shop, turn: Turn) -> None:
    """Retried for some minutes, then reported to operators. PortOne is never asked: anybody can post that."""
    unknown = {"merchant_uid": merchant_uid()}
    assert shop.webhook(unknown, "imp_123456789012").status_code == 200
    for _ in range(8):
        shop.drain()
        assert delivery(shop).due_at is not None or delivery(shop).attempts == 8
        turn(timedelta(minutes=3))
    orphan = delivery(shop)
    assert (orphan.state, orphan.due_at, orphan.copies) == ("orphaned", None, 1)
    assert "PortOne's console" in (orphan.last_error or "")
    assert shop.portone.calls("payments") == []


def test_many_copies_are_one_row(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    for _ in range(7):
        if shop.generation == "v2":
            shop.v2_webhook(session, imp_uid, "Paid", "wh_the_same_message")
        else:
            shop.webhook(session, imp_uid)
    assert delivery(shop).copies == 7
    shop.drain()
    assert delivery(shop).state == "done"
    assert len(shop.portone.calls_to("payments.findAll")) == 1


def test_a_webhook_that_overtakes_our_commit(shop: Shop, turn: Turn) -> None:
    """PortOne is faster than our transaction: the order is unknown at first, and known a moment later."""
    shop.login()
    wish = checkout.CheckoutRequest([WantedLine(1, UUID(shop.item()))], "김하나", "hana@example.org", "010-1234-5678")
    with shop.app.app_context(), unit_of_work() as work:
        row = checkout.open_session(work, "hana", wish, services_of(shop.app).settings, "open")
        session = {"session_id": row.session_id, "merchant_uid": row.merchant_uid}
        with shop.app.app_context():
            imp_uid = str(
                shop.portone.control(
                    "POST", "payments", {"merchant_uid": row.merchant_uid, "amount": 10_000, "sandbox": True}
                )["imp_uid"]
            )
            shop.act(imp_uid, "approve")
            shop.webhook(session, imp_uid)
            shop.drain()
            assert delivery(shop).due_at is not None
    turn(timedelta(seconds=5))
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    assert delivery(shop).state == "done"


def test_a_forged_webhook_buys_nothing(shop: Shop) -> None:
    session = shop.open()
    shop.webhook(session, shop.window(session), "paid")
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("prepared", 0)


def test_a_webhook_with_somebody_elses_payment(shop: Shop) -> None:
    """A paid imp_uid with another order's number: the order is queried, and it is not paid."""
    mine, other = shop.open(), shop.paid(user="minji")
    shop.webhook(mine, other["imp_uid"])
    shop.verify(mine, other["imp_uid"])
    shop.drain()
    assert shop.session(mine)["status"] == "verifying"
    assert (shop.owned(), shop.owned("minji")) == (0, 1)


def test_other_users_data_is_not_visible(shop: Shop) -> None:
    theirs = shop.paid(user="minji")
    open_one = shop.open(user="minji")
    news: Json = {"imp_uid": theirs["imp_uid"], "merchant_uid": theirs["merchant_uid"]}
    asked = [
        shop.get(f"/payments/sessions/{theirs['session_id']}", status=404),
        shop.get(f"/payments/{theirs['payment_id']}", status=404),
        shop.post(f"/payments/sessions/{open_one['session_id']}/prepare", {}, status=404),
        shop.post("/payments/verify", news, status=404),
        shop.post("/payments/verify", {"imp_uid": theirs["imp_uid"]}, status=404),
        shop.post(f"/payments/{theirs['payment_id']}/cancel", {"reason": "내 것"}, status=404),
    ]
    invented = shop.get("/payments/sessions/ses00000000000000000000000000", status=404)
    assert {answer["code"] for answer in asked} == {"session_not_found", "payment_not_found"}
    assert asked[0]["detail"] == invented["detail"]
    assert shop.get("/me/payments")["items"] == []
    assert shop.get("/me/inventory")["items"] == []
    assert shop.due() == set()
    assert shop.session(theirs, "minji")["status"] == "paid"


def test_an_operator_sees_payments_but_not_sessions(shop: Shop) -> None:
    theirs = shop.paid(user="minji")
    shop.login("operator", role="admin")
    assert shop.get(f"/payments/{theirs['payment_id']}", "operator")["status"] == "paid"
    assert shop.get("/me/payments", "operator")["items"] == []
    shop.get(f"/payments/sessions/{theirs['session_id']}", "operator", status=404)
