"""A buyer pays; the events arrive in different orders."""

import pytest

from tests.shop import Shop


def test_paid_by_verify(shop: Shop) -> None:
    item = shop.item(price=12_000, stock=3)
    session = shop.open(item, quantity=2)
    imp_uid = shop.pay(session)

    assert shop.verify(session, imp_uid)["status"] == "verifying"
    shop.drain()

    session = shop.session(session)
    assert (session["status"], session["imp_uid"], session["settled"]) == ("paid", imp_uid, True)
    assert shop.story(session) == ["created", "prepared", "verifying", "paid"]
    assert (shop.owned(), shop.stock(item), shop.kept(imp_uid)) == (2, 1, 24_000)
    payment = shop.payment(session)
    assert (payment["amount"], payment["verdict"]) == (24_000, "accepted")
    assert [line["amount"] for line in payment["timeline"] if line["kind"] == "money"] == [24_000]


def test_paid_by_webhook_when_the_browser_never_returns(shop: Shop) -> None:
    session = shop.open()
    assert shop.webhook(session, shop.pay(session)).status_code == 200
    shop.drain()
    assert shop.story(session) == ["created", "prepared", "paid"]
    assert shop.owned() == 1


@pytest.mark.parametrize("first", ["webhook", "verify"])
@pytest.mark.parametrize("drained_between", [True, False])
def test_verify_and_webhook(shop: Shop, first: str, drained_between: bool) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    for _ in range(2):
        getattr(shop, first)(session, imp_uid)
        if drained_between:
            shop.drain()
        first = "verify" if first == "webhook" else "webhook"
    shop.drain()
    assert [status for status in shop.story(session) if status == "paid"] == ["paid"]
    assert shop.owned() == 1


def test_a_repeated_notification_changes_nothing(shop: Shop) -> None:
    session = shop.paid()
    before = shop.payment(session)["timeline"]
    for _ in range(3):
        shop.webhook(session, session["imp_uid"])
        assert shop.verify(session, session["imp_uid"])["status"] == "paid"
        shop.drain()
    assert shop.payment(session)["timeline"] == before
    assert shop.owned() == 1


def test_verified_by_imp_uid_alone(shop: Shop) -> None:
    session = shop.open()
    shop.post("/payments/verify", {"imp_uid": shop.pay(session)})
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_verified_before_portone_knows_of_it(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.window(session)
    shop.verify(session, imp_uid)
    shop.drain()
    assert shop.session(session)["status"] == "verifying"
    shop.act(imp_uid, "approve")
    shop.verify(session, imp_uid)
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_paid_in_several_open_sessions(shop: Shop) -> None:
    """Each payment pays its own session, whichever answer comes first."""
    one, other = shop.open(), shop.open()
    first, second = shop.pay(one), shop.pay(other)
    assert shop.post("/payments/verify", {"imp_uid": first}, status=409)["code"] == "several_sessions"
    shop.verify(other, second)
    shop.verify(one, first)
    shop.drain()
    assert [shop.session(session)["imp_uid"] for session in (one, other)] == [first, second]
    assert shop.owned() == 2


def test_an_unlimited_item_holds_no_stock(shop: Shop) -> None:
    item = shop.item(stock=None)
    session = shop.paid(item, quantity=5)
    assert (shop.stock(item), shop.owned()) == (None, 5)
    shop.cancel(session)
    shop.drain()
    assert (shop.stock(item), shop.owned()) == (None, 0)
