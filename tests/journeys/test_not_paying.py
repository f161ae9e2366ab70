"""A buyer does not pay: declined, undecided, gone. Nothing ends before PortOne was asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.shop import Shop

Turn = Callable[[timedelta], None]
AFTER_DEADLINE = timedelta(minutes=31)


def test_declined(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    imp_uid = shop.window(session)
    shop.act(imp_uid, "decline", reason="한도 초과")
    shop.verify(session, imp_uid)
    shop.drain()
    session = shop.session(session)
    assert (session["status"], session["fail_reason"]) == ("failed", "한도 초과")
    assert (shop.stock(item), shop.owned()) == (1, 0)


@pytest.mark.parametrize("told_of_the_first", [True, False])
def test_declined_then_paid_with_another_card(shop: Shop, told_of_the_first: bool) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    declined = shop.window(session)
    shop.act(declined, "decline")
    if told_of_the_first:
        shop.verify(session, declined)
        shop.drain()
        assert shop.session(session)["status"] == "failed"
    paid = shop.pay(session)
    shop.verify(session, paid)
    shop.drain()
    session = shop.session(session)
    assert (session["status"], session["imp_uid"], session["fail_reason"]) == ("paid", paid, None)
    assert (shop.stock(item), shop.owned()) == (0, 1)
    # V2 shows the attempt that counts, so of one that nobody asked about in time it never tells.
    seen = ["failed", "paid"] if told_of_the_first or shop.generation == "v1" else ["paid"]
    assert sorted(entry["status"] for entry in shop.get("/me/payments")["items"]) == seen


def test_declined_then_reopened(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.decline(session)
    assert shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})["status"] == "prepared"
    assert shop.stock(item) == 0
    shop.drain()
    assert shop.session(session)["status"] == "prepared"
    shop.verify(session, shop.pay(session))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_declined_and_the_stock_is_gone(shop: Shop) -> None:
    """A declined session released its stock; another buyer bought it; reopening reports that."""
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.decline(session)
    shop.paid(item, user="minji")
    answer = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {}, status=409)
    assert answer["code"] == "out_of_stock"


def test_browser_says_paid_and_portone_does_not(shop: Shop, turn: Turn) -> None:
    """Asked a few times while the buyer looks at the screen; then the checkout is open again, not failed."""
    session = shop.open()
    shop.verify(session, shop.window(session))
    for _ in range(4):
        shop.drain()
        assert shop.session(session)["status"] in ("verifying", "prepared")
        turn(timedelta(seconds=5))
    session = shop.session(session)
    assert (session["status"], session["settled"]) == ("prepared", False)
    assert session["checkout"]["ready"]
    assert len(shop.portone.calls_to("payments.findAll")) == 4


def test_abandoned_then_expired(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.act(shop.window(session), "abandon")
    assert shop.portone.calls_to("payments.findAll") == []
    turn(AFTER_DEADLINE)
    shop.drain()
    assert shop.story(session) == ["created", "prepared", "expired"]
    assert shop.stock(item) == 1
    assert session["merchant_uid"] in shop.portone.calls_to("payments.findAll")[0]["merchant_uid"]


def test_a_payment_without_verify_and_webhook(shop: Shop, turn: Turn) -> None:
    """No browser, no webhook: the query at the deadline finds the payment."""
    session = shop.open()
    shop.pay(session)
    turn(AFTER_DEADLINE)
    shop.drain()
    assert shop.story(session) == ["created", "prepared", "paid"]
    assert shop.owned() == 1


def test_closed_permanently(shop: Shop, turn: Turn) -> None:
    """An expired checkout shows no window any more, and says what to do."""
    session = shop.open()
    turn(AFTER_DEADLINE)
    shop.drain()
    session = shop.session(session)
    assert (session["status"], session["checkout"], session["settled"]) == ("expired", None, True)
    answer = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {}, status=409)
    assert answer["code"] == "session_closed"
