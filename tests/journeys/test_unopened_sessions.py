"""Who never opens the payment window holds stock for minutes only."""

from collections.abc import Callable
from datetime import timedelta

from tests.journeys.test_open_sessions import wanted
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
UNOPENED, WINDOW = timedelta(minutes=11), timedelta(minutes=31)


def report_window(shop: Shop, session: Json, status: int = 200) -> Json:
    """The browser reports that it opens the window."""
    return shop.post(f"/payments/sessions/{session['session_id']}/window", {}, status=status)


def test_who_never_opens_the_window_holds_the_stock_for_minutes(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    turn(UNOPENED)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)
    assert report_window(shop, session, status=409)["code"] == "session_closed"


def test_an_opened_window_holds_it_for_the_time_of_a_payment(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    later = report_window(shop, session)["expires_at"]
    assert later > session["expires_at"]
    # Reporting it again and again holds it no longer.
    turn(UNOPENED)
    shop.drain()
    assert report_window(shop, session)["expires_at"] == later
    assert (shop.session(session)["status"], shop.stock(item)) == ("prepared", 0)
    turn(WINDOW - UNOPENED)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)


def test_a_window_whose_report_was_lost(shop: Shop, turn: Turn) -> None:
    """PortOne knows of the attempt, so the buyer is given the time."""
    item = shop.item(stock=1)
    session = shop.open(item)
    imp_uid = shop.window(session)
    turn(UNOPENED)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("prepared", 0)
    shop.act(imp_uid, "approve")
    shop.verify(session, imp_uid)
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("paid", 1)


def test_nobody_reports_the_window_of_another_buyer(shop: Shop) -> None:
    session = shop.open()
    path = f"/payments/sessions/{session['session_id']}/window"
    assert shop.post(path, {}, "minji", 404)["code"] == "session_not_found"


def test_sessions_that_replace_each_other_do_not_hold_the_stock_for_ever(shop: Shop, turn: Turn) -> None:
    """One after the other, never opening the window, a buyer would keep the last piece from everybody."""
    item = shop.item(stock=1)
    session = shop.open(item)
    for _ in range(3):
        turn(timedelta(minutes=9))
        shop.drain()
        session = shop.open(item)
    turn(timedelta(minutes=9))
    shop.drain()
    refused = shop.post("/payments/sessions", wanted(item), status=409)
    assert (refused["code"], refused["errors"]) == ("held_for_long", {"open_sessions": [session["session_id"]]})
    turn(timedelta(minutes=2))
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)
    assert shop.open(item)["status"] == "prepared"
