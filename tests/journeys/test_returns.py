"""The shop has begun to deliver: a buyer asks for a return, and a person decides."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.items import Item
from pitturu.store.payment_lines import PaymentLine
from tests.shop import OPERATOR, Json, Shop


def fulfil(shop: Shop, session: Json, fulfilment: str, status: int = 200, **more: Any) -> Json:
    """The shop records how far it has come."""
    shop.login(OPERATOR, role="admin")
    payment_id = shop.session(session)["payment_id"]
    path = f"/operations/payments/{payment_id}/fulfilment"
    return shop.post(path, {"fulfilment": fulfilment, **more}, OPERATOR, status)


def decide(shop: Shop, cancellation_id: str, what: str, user: str = OPERATOR, status: int | None = None) -> Json:
    """An operator approves or rejects."""
    shop.login(user, role="admin")
    body = {"reason": "사용 흔적이 있습니다"} if what == "reject" else {}
    return shop.post(
        f"/operations/approvals/{cancellation_id}/{what}", body, user, status or (202 if what == "approve" else 200)
    )


def returned(shop: Shop, session: Json, **wish: Any) -> Json:
    """The buyer asks for a return; the request."""
    return shop.cancel(session, **wish)["cancellations"][-1]


def options(shop: Shop, session: Json) -> tuple[str, str | None]:
    """What the payment says a cancel of its buyer would be."""
    found = shop.payment(session)["cancellation_options"]
    return found["way"], found["way_reason"]


def test_a_return_is_approved(shop: Shop) -> None:
    item = shop.item(stock=3)
    session = shop.paid(item, quantity=2)
    assert options(shop, session) == ("cancel", None)
    (line,) = fulfil(shop, session, "shipped")["lines"]
    assert (line["fulfilment"], line["owned"], line["cancelling"]) == ("shipped", 2, 0)
    assert options(shop, session) == ("return_request", "fulfilment_begun")

    asked = returned(shop, session, quantity=1)
    assert (asked["stage"], asked["amount"], asked["quantity"]) == ("return_requested", 10_000, 1)
    shop.drain()
    assert (shop.session(session)["status"], shop.owned(), shop.kept(session["imp_uid"])) == ("paid", 2, 20_000)
    (waiting,) = shop.get("/operations/approvals", OPERATOR)["items"]
    assert (waiting["cancellation_id"], waiting["requested_by"]) == (asked["cancellation_id"], "hana")

    assert decide(shop, asked["cancellation_id"], "approve")["stage"] == "requested"
    shop.drain()
    assert shop.session(session)["status"] == "partially_cancelled"
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (1, 2, 10_000)
    assert shop.get("/operations/approvals", OPERATOR)["items"] == []
    kinds = [line["kind"] for line in shop.payment(session)["timeline"]]
    assert [kind for kind in kinds if kind not in ("status", "money")] == [
        *("fulfilment", "cancel_requested", "cancel_approved")
    ]


def test_a_return_is_rejected_and_asked_for_again(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "delivered")
    asked = returned(shop, session)
    assert shop.cancel(session, status=409)["code"] == "nothing_left"
    decide(shop, asked["cancellation_id"], "reject")
    shop.drain()
    (record,) = shop.payment(session)["cancellations"]
    assert (record["stage"], record["refusal"]) == ("rejected", "사용 흔적이 있습니다")
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (1, 10_000)
    assert decide(shop, asked["cancellation_id"], "approve", status=409)["code"] == "nothing_to_review"
    assert returned(shop, session)["stage"] == "return_requested"


def test_a_return_is_withdrawn_by_its_buyer_only(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "shipped")
    asked = returned(shop, session)
    payment_id = shop.session(session)["payment_id"]
    path = f"/payments/{payment_id}/cancellations/{asked['cancellation_id']}/withdraw"
    for other in ("minji", OPERATOR):
        assert shop.post(path, {}, other, 404)["code"] == "cancellation_not_found"
    assert shop.post(path, {}, status=200)["cancellations"][0]["stage"] == "rejected"
    assert shop.post(path, {}, status=409)["code"] == "nothing_to_review"
    assert returned(shop, session)["stage"] == "return_requested"


@pytest.mark.parametrize("fulfilment", ["preparing", "shipped", "delivered", "used"])
def test_no_money_moves_without_a_person_once_the_shop_has_begun(shop: Shop, fulfilment: str) -> None:
    """In full or by quantity, however often it is asked."""
    session = shop.paid(quantity=3)
    fulfil(shop, session, fulfilment)
    for wish in ({"quantity": 1}, {}):
        shop.cancel(session, **wish)
    shop.drain()
    assert {row["stage"] for row in shop.payment(session)["cancellations"]} == {"return_requested"}
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (3, 30_000)


def test_a_rejected_return_does_not_block_what_comes_after(shop: Shop) -> None:
    """Nor does one that nobody has decided: an operator refunds beside it."""
    session = shop.paid(quantity=3)
    fulfil(shop, session, "shipped")
    asked = returned(shop, session, quantity=1)
    shop.refund(session, 5_000)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 25_000
    decide(shop, asked["cancellation_id"], "approve")
    shop.drain()
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (2, 15_000)


def test_an_approved_return_waits_for_a_cancel_that_is_on_its_way(shop: Shop) -> None:
    """It was requested first and is sent last: two cancels of one payment are never at PortOne at once."""
    session = shop.paid(quantity=3)
    fulfil(shop, session, "shipped")
    asked = returned(shop, session, quantity=1)
    shop.refund(session, 5_000)
    decide(shop, asked["cancellation_id"], "approve")
    with shop.app.app_context():
        rows = {row.origin: row for row in db.session.scalars(select(Cancellation))}
    assert rows["buyer"].number > rows["operator"].number
    shop.drain()
    entry = shop.portone.ledger()[session["imp_uid"]]
    assert [cancel["amount"] for cancel in entry["cancels"]] == [5_000, 10_000]


def test_the_time_for_returns_ends(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "delivered")
    shop.set(PaymentLine, delivered_at=clock.now() - timedelta(days=7))
    assert options(shop, session) == ("none", "return_period_over")
    assert shop.cancel(session, status=409)["code"] == "return_period_over"
    shop.refund(session, 10_000)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"


def test_a_slow_shop_keeps_nothing_and_a_shop_that_never_ships_does_not_refund_for_years(shop: Shop) -> None:
    """Nothing was begun for a week: the buyer asks, and a person decides."""
    session = shop.paid()
    shop.set(Payment, paid_at=clock.now() - timedelta(days=7))
    assert options(shop, session) == ("return_request", "unsent_for_long")
    assert returned(shop, session)["stage"] == "return_requested"


def test_what_cannot_be_returned_says_so_before_it_is_bought(shop: Shop) -> None:
    item = shop.item()
    shop.set(Item, returnable=False)
    assert shop.get(f"/items/{item}")["returnable"] is False
    session = shop.paid(item)
    # What the buyer agreed to holds, whatever the shop says afterwards.
    shop.set(Item, returnable=True)
    assert options(shop, session) == ("cancel", None)
    fulfil(shop, session, "preparing")
    assert options(shop, session) == ("none", "not_returnable")
    assert shop.cancel(session, status=409)["code"] == "not_returnable"
    assert shop.due() == set()


def test_nothing_is_sent_that_is_being_cancelled(shop: Shop) -> None:
    """The buyer cancels; a moment later the shop wants to send it."""
    session = shop.paid(quantity=2)
    shop.cancel(session, quantity=1)
    (line,) = fulfil(shop, session, "preparing")["lines"]
    assert (line["owned"], line["cancelling"]) == (2, 1)
    fulfil(shop, session, "none")
    shop.cancel(session)
    assert fulfil(shop, session, "shipped", status=409)["code"] == "being_cancelled"
    shop.drain()
    assert fulfil(shop, session, "shipped", status=409)["code"] == "nothing_to_fulfil"


def test_what_was_sent_is_not_made_untouched_again(shop: Shop) -> None:
    """Otherwise one wrong click would let the buyer keep the goods and the money."""
    session = shop.paid()
    fulfil(shop, session, "shipped")
    assert fulfil(shop, session, "none", status=409)["code"] == "fulfilment_impossible"
    assert fulfil(shop, session, "shipped")["lines"][0]["fulfilment"] == "shipped"


@pytest.mark.parametrize(
    ("at", "code"),
    [(timedelta(days=-1), "delivery_time_impossible"), (timedelta(minutes=5), "delivery_time_impossible")],
)
def test_a_delivery_has_a_possible_time(shop: Shop, at: timedelta, code: str) -> None:
    """One before the payment would end the time for returns early, one in the future would never end it."""
    session = shop.paid()
    moment = (clock.now() + at).isoformat()
    assert fulfil(shop, session, "delivered", status=422, at=moment)["code"] == code


def test_of_a_virtual_account_the_buyer_names_an_account_with_the_request(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session)
    shop.act(imp_uid, "issue")
    shop.act(imp_uid, "deposit")
    shop.verify(session, imp_uid)
    shop.drain()
    fulfil(shop, session, "shipped")
    assert shop.cancel(session, status=422)["code"] == "refund_account_needed"
    account = {"bank": "088", "number": "110-123-456789", "holder": "김하나", "tel": "010-1234-5678"}
    asked = returned(shop, session, refund_account=account)
    assert (asked["stage"], asked["refund_account"]["number"]) == ("return_requested", "**********6789")
    decide(shop, asked["cancellation_id"], "approve")
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"


def test_money_that_went_back_in_the_console_closes_the_request(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "shipped")
    asked = returned(shop, session)
    shop.act(session["imp_uid"], "console-cancel")
    shop.webhook(session, session["imp_uid"], "cancelled")
    shop.drain()
    stages = {row["cancellation_id"]: row["stage"] for row in shop.payment(session)["cancellations"]}
    assert stages.pop(asked["cancellation_id"]) == "refused"
    assert list(stages.values()) == ["succeeded"]
    assert decide(shop, asked["cancellation_id"], "approve", status=409)["code"] == "nothing_to_review"
