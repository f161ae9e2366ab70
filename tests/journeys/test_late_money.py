"""A payment after the checkout was closed still counts: it is accepted or refunded."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]


def expired(shop: Shop, turn: Turn, item: str) -> tuple[Json, str]:
    """A session whose buyer left the window, and the attempt that may still be approved."""
    session = shop.open(item)
    imp_uid = shop.window(session)
    shop.act(imp_uid, "abandon")
    turn(timedelta(minutes=31))
    shop.drain()
    assert shop.session(session)["status"] == "expired"
    return session, imp_uid


def late(shop: Shop, session: Json, imp_uid: str) -> Json:
    """The PG approves late, and PortOne sends a webhook."""
    shop.act(imp_uid, "late-approve")
    shop.webhook(session, imp_uid)
    shop.drain()
    return shop.session(session)


def test_accepted_while_stock_lasts(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session, imp_uid = expired(shop, turn, item)
    session = late(shop, session, imp_uid)
    assert shop.story(session) == ["created", "prepared", "expired", "paid"]
    assert (shop.owned(), shop.stock(item), shop.kept(imp_uid)) == (1, 0, 10_000)


def test_refunded_when_the_stock_is_gone(shop: Shop, turn: Turn) -> None:
    item = shop.item(stock=1)
    session, imp_uid = expired(shop, turn, item)
    shop.paid(item, user="minji")
    session = late(shop, session, imp_uid)
    assert (session["status"], shop.owned(), shop.kept(imp_uid)) == ("expired", 0, 0)
    assert [entry["verdict"] for entry in shop.get("/me/payments")["items"]] == ["late"]
    assert len(shop.portone.ledger()[imp_uid]["cancels"]) == 1


def test_refunded_by_policy(shop_with: Callable[..., Shop], turn: Turn) -> None:
    shop = shop_with(late_payment="refund")
    item = shop.item(stock=1)
    session, imp_uid = expired(shop, turn, item)
    session = late(shop, session, imp_uid)
    assert (session["status"], shop.owned(), shop.stock(item), shop.kept(imp_uid)) == ("expired", 0, 1, 0)
    shop.balance()


def declined(shop: Shop) -> tuple[Json, str]:
    """A session that failed, and a second window that the buyer has opened since."""
    session = shop.open()
    shop.decline(session)
    assert shop.session(session)["status"] == "failed"
    return session, shop.window(session)


def paid(shop: Shop, session: Json, imp_uid: str) -> str:
    """The buyer pays in that window, and PortOne tells; what became of the session."""
    shop.act(imp_uid, "approve")
    shop.webhook(session, imp_uid)
    shop.drain()
    shop.balance()
    return str(shop.session(session)["status"])


def test_a_second_card_in_time_is_not_late(shop_with: Callable[..., Shop]) -> None:
    """LATE_PAYMENT=refund is about closed checkouts, not about a buyer whose first card was declined."""
    shop = shop_with(late_payment="refund")
    session, second = declined(shop)
    assert paid(shop, session, second) == "paid"


@pytest.mark.parametrize(("policy", "status", "kept"), [("accept", "paid", 10_000), ("refund", "failed", 0)])
def test_a_second_card_too_late(
    shop_with: Callable[..., Shop], turn: Turn, policy: str, status: str, kept: int
) -> None:
    shop = shop_with(late_payment=policy)
    session, second = declined(shop)
    turn(timedelta(hours=3))
    shop.drain()
    assert paid(shop, session, second) == status
    assert shop.kept(second) == kept


def test_a_lost_webhook_of_late_money(shop: Shop, turn: Turn) -> None:
    """No webhook arrives, so PortOne is queried once more an hour after the deadline."""
    session, imp_uid = expired(shop, turn, shop.item())
    shop.act(imp_uid, "late-approve")
    turn(timedelta(minutes=65))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_money_for_a_cancelled_order(shop: Shop) -> None:
    """Cancelled in full, then a forgotten second window is paid: one payment per session, so it goes back."""
    session = shop.open()
    first, second = shop.window(session), shop.window(session)
    shop.act(first, "approve")
    shop.verify(session, first)
    shop.drain()
    shop.cancel(session)
    shop.drain()
    shop.act(second, "approve")
    shop.webhook(session, second)
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("cancelled", 0)
    assert (shop.kept(first), shop.kept(second)) == (0, 0)
