"""What the shop records about a delivery gives no buyer both money and goods, and takes no time for returns away."""

from datetime import timedelta

from pitturu.domain import clock
from pitturu.store.history import Payment
from pitturu.store.payment_lines import PaymentLine
from tests.journeys.test_returns import decide, fulfil, options, returned
from tests.shop import OPERATOR, Shop


def test_what_was_sent_is_not_made_untouched_step_by_step(shop: Shop) -> None:
    """Whoever records deliveries could give a friend the money back, above any limit, without anybody's decision."""
    session = shop.paid()
    fulfil(shop, session, "delivered")
    fulfil(shop, session, "shipped")
    assert fulfil(shop, session, "preparing", status=409)["code"] == "fulfilment_impossible"
    assert returned(shop, session)["stage"] == "return_requested"


def test_nobody_makes_an_own_purchase_untouched_again(shop: Shop) -> None:
    """An operator who buys would cancel it alone then, although the shop has begun with it."""
    shop.login("kim", role="support")
    session = shop.paid(user="kim")
    path = f"/operations/payments/{session['payment_id']}/fulfilment"
    shop.login(OPERATOR, role="admin")
    shop.post(path, {"fulfilment": "preparing"}, OPERATOR, 200)
    assert shop.post(path, {"fulfilment": "none"}, "kim", 403)["code"] == "own_purchase"
    shop.post(path, {"fulfilment": "none"}, OPERATOR, 200)


def test_what_is_packed_is_not_sent_once_its_return_was_approved(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "preparing")
    asked = returned(shop, session)
    decide(shop, asked["cancellation_id"], "approve")
    assert fulfil(shop, session, "shipped", status=409)["code"] == "being_cancelled"
    fulfil(shop, session, "none")
    shop.drain()
    assert fulfil(shop, session, "shipped", status=409)["code"] == "nothing_to_fulfil"


def test_the_time_for_returns_of_what_was_shipped_begins_when_the_buyer_has_it(shop: Shop) -> None:
    """It was on its way for a week, and the shop records its use without the delivery."""
    session = shop.paid()
    shop.set(Payment, paid_at=clock.now() - timedelta(days=8))
    fulfil(shop, session, "shipped")
    fulfil(shop, session, "used")
    assert options(shop, session) == ("return_request", "fulfilment_begun")


def test_a_correction_does_not_begin_the_time_for_returns_anew(shop: Shop) -> None:
    session = shop.paid()
    fulfil(shop, session, "delivered")
    shop.set(PaymentLine, delivered_at=clock.now() - timedelta(days=7))
    for fulfilment in ("used", "delivered"):
        fulfil(shop, session, fulfilment)
        assert options(shop, session) == ("none", "return_period_over")


def test_a_part_that_went_back_in_the_console_leaves_the_return_open(shop: Shop) -> None:
    """The time for returns is over meanwhile, so the buyer could not ask again."""
    session = shop.paid()
    fulfil(shop, session, "delivered")
    asked = returned(shop, session)["cancellation_id"]
    shop.act(session["imp_uid"], "console-cancel", amount=1_000)
    shop.webhook(session, session["imp_uid"], "cancelled")
    shop.drain()
    shop.set(PaymentLine, delivered_at=clock.now() - timedelta(days=7))
    decide(shop, asked, "approve")
    shop.drain()
    assert [(row["stage"], row["amount"]) for row in shop.payment(session)["cancellations"]] == [
        ("succeeded", 1_000),
        ("succeeded", 9_000),
    ]
    assert (shop.owned(), shop.session(session)["status"]) == (0, "cancelled")
