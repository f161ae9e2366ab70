"""The window reports that it was closed or declined. One answer of PortOne decides; money that comes later counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.journeys.generations import V1_ONLY, V2_ONLY
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
SECOND_LOOK = timedelta(seconds=15)
AFTER_DEADLINE = timedelta(minutes=31)


def questions(shop: Shop) -> int:
    """How often PortOne was asked about payments."""
    return len(shop.portone.calls_to("payments.findAll"))


def report(shop: Shop, session: Json, imp_uid: str, user: str = "hana") -> Json:
    """The browser reports that the window ended without a payment."""
    names = {"merchant_uid": session["merchant_uid"], "imp_uid": imp_uid}
    if session["generation"] == "v2":
        names = {"payment_id": session["merchant_uid"], "transaction_id": imp_uid}
    return shop.post("/payments/verify", {**names, "closed": True}, user)


def test_closed(shop: Shop, turn: Turn) -> None:
    """Ready again after one answer, and asked once more in the background: half as often as a reported payment."""
    session = shop.open()
    left = shop.window(session)
    shop.act(left, "abandon")

    waiting = report(shop, session, left)
    assert (waiting["status"], waiting["checkout"]["ready"]) == ("prepared", False)
    shop.drain()

    now = shop.session(session)
    assert (now["status"], now["checkout"]["ready"], now["settled"]) == ("prepared", True, False)
    assert questions(shop) == 1
    for _ in range(4):
        turn(SECOND_LOOK)
        shop.drain()
    assert questions(shop) == 2
    assert shop.story(session) == ["created", "prepared"]

    shop.verify(session, shop.pay(session))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_declined_and_opened_again_without_another_registration(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    declined = shop.window(session)
    shop.act(declined, "decline", reason="한도 초과")
    report(shop, session, declined)
    shop.drain()
    now = shop.session(session)
    assert (now["status"], now["settled"], now["fail_reason"]) == ("failed", True, "한도 초과")
    assert "한도를 넘어서" in now["message"]["ko"]
    assert "above the limit" in now["message"]["en"]
    asked, registered = questions(shop), len(shop.portone.calls_to("prepare.create"))
    assert asked == 1

    again = shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})
    assert (again["status"], again["checkout"]["ready"], shop.stock(item)) == ("prepared", True, 0)
    shop.drain()
    assert (questions(shop), len(shop.portone.calls_to("prepare.create"))) == (asked, registered)
    shop.verify(session, shop.pay(session))
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("paid", 1)


def test_paid_and_reported_as_closed(shop: Shop) -> None:
    session = shop.open()
    report(shop, session, shop.pay(session))
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("paid", 1)


@pytest.mark.parametrize("found_by", ["webhook", "second look", "deadline"])
def test_closed_and_paid_a_moment_later(shop: Shop, turn: Turn, found_by: str) -> None:
    """The PG approves what the buyer had given up. The order is open again, and takes the money whoever reports it."""
    item = shop.item(stock=1)
    session = shop.open(item)
    late = shop.window(session)
    shop.act(late, "abandon")
    report(shop, session, late)
    shop.drain()
    if found_by == "deadline":
        turn(SECOND_LOOK)
        shop.drain()

    shop.act(late, "late-approve")
    if found_by == "webhook":
        shop.webhook(session, late)
    turn({"webhook": timedelta(0), "second look": SECOND_LOOK, "deadline": AFTER_DEADLINE}[found_by])
    shop.drain()

    assert (shop.session(session)["status"], shop.owned(), shop.stock(item)) == ("paid", 1, 0)
    assert shop.story(session) == ["created", "prepared", "paid"]


@V1_ONLY
def test_both_windows_are_paid(shop: Shop, turn: Turn) -> None:
    """The buyer reports the first as closed and pays in a second one, while the first is approved: one is refunded."""
    session = shop.open()
    first = shop.window(session)
    shop.act(first, "abandon")
    report(shop, session, first)
    shop.drain()
    second = shop.window(session)
    shop.act(first, "late-approve")
    shop.act(second, "approve")
    shop.verify(session, second)
    for _ in range(3):
        shop.drain()
        turn(timedelta(minutes=1))

    assert shop.owned() == 1
    assert sorted([shop.kept(first), shop.kept(second)]) == [0, session["amount"]]


@V2_ONLY
def test_closed_while_the_pg_decides(shop: Shop, turn: Turn) -> None:
    """Nobody is told to pay again while the PG may still approve, however long that takes."""
    session = shop.open()
    undecided = shop.window(session)
    shop.act(undecided, "pend")
    report(shop, session, undecided)
    for _ in range(6):
        shop.drain()
        now = shop.session(session)
        assert (now["status"], now["checkout"]["ready"]) == ("verifying", False)
        turn(timedelta(seconds=5))
    assert questions(shop) == 4
    path = f"/payments/sessions/{session['session_id']}/prepare"
    taken = shop.post(path, {"pay_method": "trans"}, status=409)
    assert taken["code"] == "payment_under_way"

    shop.act(undecided, "approve")
    turn(AFTER_DEADLINE)
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_closed_while_portone_is_away(shop: Shop, turn: Turn) -> None:
    """No answer decides nothing: the window stays shut until PortOne was asked."""
    session = shop.open()
    paid = shop.pay(session)
    shop.portone.faults({"kind": "status", "endpoint": "payments.*", "status": 503})
    report(shop, session, paid)
    for _ in range(3):
        shop.drain()
        assert shop.session(session)["checkout"]["ready"] is False
        turn(timedelta(seconds=20))
    shop.portone.faults()
    turn(timedelta(minutes=1))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_a_report_of_closing_does_not_shorten_the_wait_for_a_reported_payment(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.window(session)
    shop.verify(session, imp_uid)
    shop.drain()
    report(shop, session, imp_uid)
    shop.drain()
    assert shop.session(session)["status"] == "verifying"


def test_closed_before_the_amount_is_registered(shop: Shop, turn: Turn) -> None:
    session = shop.open(prepared=False)
    report(shop, session, "imp_000000000000")
    for _ in range(3):
        shop.drain()
        turn(SECOND_LOOK)
    assert shop.session(session)["checkout"]["ready"]


def test_the_window_of_somebody_else(shop: Shop) -> None:
    session = shop.open()
    names = {"merchant_uid": session["merchant_uid"], "closed": True}
    assert shop.post("/payments/verify", names, "minji", status=404)["code"] == "session_not_found"
    assert questions(shop) == 0
