"""The same order, paid with another method than the one chosen first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pitturu.store import events
from tests.shop import Shop

Turn = Callable[[timedelta], None]
Json = dict[str, Any]


def choose(shop: Shop, session: Json, method: str, status: int = 202) -> Json:
    return shop.post(f"/payments/sessions/{session['session_id']}/prepare", {"pay_method": method}, status=status)


def test_another_payment_method(shop: Shop) -> None:
    session = shop.open(pay_method="card")

    chosen = choose(shop, session, "kakaopay")

    assert chosen["pay_method"] == "kakaopay"
    reported = {"pay_method": "kakaopay", "pg": "kakaopay"}
    if shop.generation == "v2":
        reported = {"payMethod": "EASY_PAY", "easyPay": {"easyPayProvider": "KAKAOPAY"}}
    assert chosen["checkout"]["params"] | reported == chosen["checkout"]["params"]
    assert chosen["amount"] == session["amount"]
    with shop.app.app_context():
        lines = [(line.kind, line.origin, line.detail) for line in events.of_session(shop.row(session).id)]
    assert ("method_changed", "buyer", "card -> kakaopay") in lines
    shop.verify(chosen, shop.pay(chosen))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_another_method_after_a_decline(shop: Shop) -> None:
    session = shop.open()
    shop.decline(session)

    choose(shop, session, "trans")
    shop.drain()
    session = shop.session(session)
    shop.verify(session, shop.pay(session))
    shop.drain()

    assert (shop.session(session)["status"], shop.session(session)["pay_method"]) == ("paid", "trans")


def test_not_while_a_payment_is_under_way(shop: Shop) -> None:
    session = shop.open()
    shop.verify(session, shop.window(session))

    assert choose(shop, session, "trans", status=409)["code"] == "payment_under_way"
    assert choose(shop, session, "card")["status"] == "verifying"


def test_not_while_an_account_waits_for_money(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    account = shop.window(session)
    shop.act(account, "issue")
    shop.verify(session, account)
    shop.drain()

    assert choose(shop, session, "card", status=409)["code"] == "payment_under_way"
    assert choose(shop, session, "vbank")["status"] == "awaiting_deposit"


def test_a_payment_in_progress_never_expires(shop: Shop, turn: Turn) -> None:
    """After the deadline, too: a buyer who is asked to order again might pay twice."""
    session = shop.open()
    shop.verify(session, shop.pay(session))
    turn(timedelta(minutes=31))

    assert shop.post(f"/payments/sessions/{session['session_id']}/prepare", {})["status"] == "verifying"
    shop.drain()

    assert shop.session(session)["status"] == "paid"


def test_the_etag_changes_at_the_deadline(shop: Shop, turn: Turn) -> None:
    session = shop.open()
    path = f"/api/v1/payments/sessions/{session['session_id']}"
    before = shop.client.get(path, headers=shop.login()).headers["ETag"]

    turn(timedelta(minutes=11))
    after = shop.client.get(path, headers={**shop.login(), "If-None-Match": before})

    assert (after.status_code, after.json["checkout"]) == (200, None)


def test_the_etag_changes_with_the_payment_method(shop: Shop) -> None:
    session = shop.open()
    path = f"/api/v1/payments/sessions/{session['session_id']}"
    before = shop.client.get(path, headers=shop.login()).headers["ETag"]

    choose(shop, session, "trans")

    assert shop.client.get(path, headers=shop.login()).headers["ETag"] != before
