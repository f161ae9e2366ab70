"""KG Inicis withdraws an unpaid virtual account only with its own key: until somebody sets it, nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain.retry_policy import CALL_HUMAN
from pitturu.store.cancellations import Cancellation
from tests.journeys.generations import V1_ONLY
from tests.journeys.test_virtual_accounts import ACCOUNT, DEADLINE, GRACE, deposited, issued, status_there
from tests.shop import Json, Shop
from tests.values import INICIS_KEY

Turn = Callable[[timedelta], None]

pytestmark = V1_ONLY


@pytest.fixture
def keyless(shop_with: Callable[..., Shop]) -> Shop:
    """A shop that was started without the key."""
    return shop_with(portone_inicis_api_key="")


def withdrawal(shop: Shop, session: Json) -> Json:
    """The only cancellation of the session's payment."""
    (only,) = shop.payment(session)["cancellations"]
    return dict(only)


def operator(shop: Shop) -> str:
    shop.login("operator", role="admin")
    return "operator"


def shown(shop: Shop) -> list[Json]:
    """What `pitturu dead` and the operators' console list."""
    items: list[Json] = shop.get("/operations/dead", operator(shop))["items"]
    return items


def test_withdrawn_with_the_key(shop: Shop) -> None:
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("cancelled", 1)
    assert status_there(shop, imp_uid) == "cancelled"
    (call,) = shop.portone.calls_to("vbanks.revoke")
    assert (call["status"], INICIS_KEY in str(call)) == (200, False)


@pytest.mark.parametrize(("key", "words"), [("", "is not set"), ("wrong", "does not accept the key in")])
def test_an_operator_is_asked_for_the_key_at_once(shop_with: Callable[..., Shop], key: str, words: str) -> None:
    """The first refusal is listed for operators, says what to do, and tells the buyer nothing of settings."""
    shop = shop_with(portone_inicis_api_key=key)
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    shop.cancel(session)
    shop.drain()

    assert (shop.session(session)["status"], shop.stock(item)) == ("awaiting_deposit", 0)
    assert (withdrawal(shop, session)["stage"], status_there(shop, imp_uid)) == ("requested", "ready")
    (stuck,) = shown(shop)
    assert (stuck["kind"], stuck["turn"], stuck["status"]) == ("cancellation", "operator", "requested")
    assert "hashData 불일치" in stuck["last_error"]
    assert f"{words} PORTONE_INICIS_API_KEY" in stuck["last_error"] or words in stuck["last_error"]
    assert "is still tried" in stuck["waits_for"]
    assert "replay" in stuck["todo"]
    assert "INICIS" not in str(shop.payment(session))
    shop.balance()


def test_it_continues_by_itself_once_the_key_is_set(keyless: Shop, shop: Shop, turn: Turn) -> None:
    item = keyless.item(stock=1)
    session, imp_uid = issued(keyless, item)
    keyless.cancel(session)
    keyless.drain()

    turn(timedelta(minutes=11))
    shop.drain()

    assert (shop.session(session)["status"], shop.stock(item)) == ("cancelled", 1)
    assert (withdrawal(shop, session)["stage"], status_there(shop, imp_uid)) == ("succeeded", "cancelled")
    assert shown(shop) == []


@pytest.mark.parametrize("tries", [1, CALL_HUMAN.attempts - 1])
def test_an_operator_sets_the_key_and_replays(keyless: Shop, shop: Shop, tries: int) -> None:
    """At once, or long after its tries ran out."""
    item = keyless.item(stock=1)
    session, _ = issued(keyless, item)
    keyless.cancel(session)
    keyless.set(Cancellation, attempts=tries)
    keyless.drain()
    (stuck,) = shown(shop)

    replayed = shop.post("/operations/replay", {"ids": [stuck["id"]]}, operator(shop))
    shop.drain()

    assert (replayed["replayed"], replayed["left_alone"]) == ([stuck["id"]], [])
    assert (shop.session(session)["status"], shop.stock(item)) == ("cancelled", 1)
    assert shown(shop) == []


def test_the_buyer_asks_again_instead(keyless: Shop, shop: Shop) -> None:
    session, imp_uid = issued(keyless)
    keyless.cancel(session)
    keyless.drain()
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], status_there(shop, imp_uid)) == ("cancelled", "cancelled")
    assert withdrawal(shop, session)["stage"] == "succeeded"


def test_a_withdrawal_refused_by_an_older_release_can_be_requested_again(keyless: Shop, shop: Shop) -> None:
    """Before there was a setting for the key, the refusal ended the withdrawal."""
    session, imp_uid = issued(keyless)
    keyless.cancel(session)
    keyless.drain()
    keyless.set(Cancellation, stage="refused", refusal="hashData 불일치", due_at=None, dead_at=None)
    shop.cancel(session, operator(shop))
    shop.drain()
    assert (shop.session(session)["status"], status_there(shop, imp_uid)) == ("cancelled", "cancelled")
    assert [one["stage"] for one in shop.payment(session)["cancellations"]] == ["refused", "succeeded"]


def test_the_deposit_comes_while_the_key_is_missing(keyless: Shop, shop: Shop) -> None:
    session, imp_uid = issued(keyless)
    keyless.cancel(session)
    keyless.drain()
    session = deposited(keyless, session, imp_uid)
    assert (session["status"], withdrawal(shop, session)["stage"], shown(shop)) == ("paid", "refused", [])
    shop.cancel(session, refund_account=ACCOUNT)
    shop.drain()
    assert (shop.session(session)["status"], shop.kept(imp_uid)) == ("cancelled", 0)


def test_the_deadline_passes_while_the_key_is_missing(keyless: Shop, shop: Shop, turn: Turn) -> None:
    """The bank has closed the account by itself: the stock is free, and nobody has anything left to do."""
    item = keyless.item(stock=1)
    session, _ = issued(keyless, item)
    keyless.cancel(session)
    keyless.drain()
    turn(DEADLINE + GRACE)
    keyless.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)
    assert (shown(shop), withdrawal(shop, session)["stage"]) == ([], "succeeded")
    turn(timedelta(hours=2))
    keyless.drain()
    assert keyless.due() == set()


@pytest.mark.parametrize("late_payment", ["refund"])
def test_an_account_that_is_not_needed_any_more(shop_with: Callable[..., Shop], turn: Turn, late_payment: str) -> None:
    """A withdrawal that we start by ourselves waits for the key in the same way."""
    keyless, shop = (shop_with(late_payment=late_payment, portone_inicis_api_key=key) for key in ("", INICIS_KEY))
    session = keyless.open(pay_method="vbank")
    imp_uid = keyless.window(session)
    turn(timedelta(minutes=31))
    keyless.drain()
    keyless.act(imp_uid, "issue")
    keyless.webhook(session, imp_uid, "ready")
    keyless.drain()
    (stuck,) = shown(shop)
    assert (stuck["status"], status_there(shop, imp_uid)) == ("requested", "ready")

    shop.post("/operations/replay", {"ids": [stuck["id"]]}, operator(shop))
    shop.drain()

    assert (shop.session(session)["status"], status_there(shop, imp_uid)) == ("expired", "cancelled")
    shop.balance()
