"""Virtual accounts: an account is issued, and the deposit arrives days later, or never."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.journeys.generations import V1_ONLY
from tests.shop import Json, Shop

Turn = Callable[[timedelta], None]
ACCOUNT = {"bank": "088", "number": "110-123-456789", "holder": "김하나"}
DEADLINE, GRACE = timedelta(days=3), timedelta(hours=1)


def issued(shop: Shop, item: str | None = None, **wish: object) -> tuple[Json, str]:
    """A session that waits for a deposit, as the tab knows it that opened the window; and its attempt."""
    session = shop.open(item, pay_method="vbank", **wish)
    due = session["checkout"]["params"].get("vbank_due")
    imp_uid = shop.window(session, **({"vbank_due": due} if due else {}))
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    assert shop.session(session)["status"] == "awaiting_deposit"
    return session, imp_uid


def deposited(shop: Shop, session: Json, imp_uid: str) -> Json:
    """The buyer transfers the money, and PortOne tells."""
    shop.act(imp_uid, "deposit")
    shop.webhook(session, imp_uid)
    shop.drain()
    return shop.session(session)


def status_there(shop: Shop, imp_uid: str) -> str:
    """PortOne's word about this attempt."""
    return str(shop.portone.ledger()[imp_uid]["status"])


def test_issued_and_deposited(shop: Shop) -> None:
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    seen = shop.session(session)
    assert seen["virtual_account"]["number"]
    assert seen["virtual_account"]["bank_code"]
    assert (seen["checkout"], seen["settled"], shop.stock(item)) == (None, False, 0)
    session = deposited(shop, session, imp_uid)
    assert shop.story(session) == ["created", "prepared", "awaiting_deposit", "paid"]
    assert (shop.owned(), shop.kept(imp_uid)) == (1, 10_000)


def test_the_only_webhook_was_lost(shop: Shop, turn: Turn) -> None:
    """V1 tells of a deposit once; PortOne is asked every quarter of an hour as well."""
    session, imp_uid = issued(shop)
    shop.act(imp_uid, "deposit")
    turn(timedelta(minutes=16))
    shop.drain()
    assert shop.session(session)["status"] == "paid"


def test_no_deposit(shop: Shop, turn: Turn) -> None:
    """The stock is held until the account's own deadline and the bank's delay are over."""
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    turn(DEADLINE)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("awaiting_deposit", 0)
    turn(GRACE)
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("expired", 1)
    turn(timedelta(hours=2))
    shop.drain()
    assert [entry["status"] for entry in shop.get("/me/payments")["items"]] == ["expired"]
    assert status_there(shop, imp_uid) == "ready", "the bank has closed it by itself; nothing is to be withdrawn"


@pytest.mark.parametrize(("policy", "status", "kept"), [("accept", "paid", 10_000), ("refund", "expired", 0)])
def test_a_deposit_after_the_deadline(
    shop_with: Callable[..., Shop], turn: Turn, policy: str, status: str, kept: int
) -> None:
    """Accepted, or refunded as soon as the buyer names an account to refund it to."""
    shop = shop_with(late_payment=policy)
    session, imp_uid = issued(shop)
    turn(DEADLINE + GRACE)
    shop.drain()
    session = deposited(shop, session, imp_uid)
    assert session["status"] == status
    if policy == "refund":
        (waiting,) = shop.payment(session)["cancellations"]
        assert (waiting["stage"], shop.kept(imp_uid), shop.due()) == ("needs_account", 10_000, set())
        shop.cancel(session, refund_account=ACCOUNT)
        shop.drain()
    assert shop.kept(imp_uid) == kept
    shop.balance()


def test_a_wrong_deposit_waits_for_an_account(shop: Shop) -> None:
    """The automatic refund cannot know where to; the buyer's first try names a bank that the PG does not serve."""
    shop.portone.control("PATCH", "settings", {"vbank_deposit": "any"})
    session, imp_uid = issued(shop)
    shop.act(imp_uid, "deposit", amount=9_000)
    shop.webhook(session, imp_uid)
    shop.drain()
    session = shop.session(session)
    assert (session["status"], shop.payment(session)["verdict"]) == ("mismatched", "amount_differs")
    assert shop.cancel(session, status=422)["code"] == "refund_account_needed"
    shop.cancel(session, refund_account=ACCOUNT)
    shop.drain()
    (refund,) = shop.payment(session)["cancellations"]
    assert (refund["stage"], refund["amount"], shop.kept(imp_uid)) == ("succeeded", 9_000, 0)


@pytest.mark.parametrize("pg", ["html5_inicis", "kcp", "nice_v2", "tosspayments"])
def test_refunded_to_an_account_as_each_pg_spells_it(shop: Shop, pg: str) -> None:
    """The simulator's PGs refuse a bank that is not spelled their way."""
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session, pg=pg, vbank_due="2099-01-01")
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    session = deposited(shop, session, imp_uid)
    assert shop.cancel(session, status=422)["code"] == "refund_account_needed"
    shop.refund(session, 4_000, refund_account=ACCOUNT)
    shop.drain()
    (refund,) = shop.payment(session)["cancellations"]
    assert (refund["stage"], shop.kept(imp_uid)) == ("succeeded", 6_000)
    assert refund["refund_account"] == {
        "bank": "088",
        "bank_name": "신한은행",
        "number": "**********6789",
        "holder": "김**",
    }


@V1_ONLY
def test_a_bank_that_the_pg_does_not_serve(shop: Shop) -> None:
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session, pg="daou")
    shop.act(imp_uid, "issue")
    session = deposited(shop, session, imp_uid)
    answer = shop.cancel(session, status=422, refund_account={**ACCOUNT, "bank": "090"})
    assert (answer["code"], list(answer["errors"])) == ("bank_not_supported", ["refund_account.bank"])


def test_the_buyer_withdraws_before_paying(shop: Shop) -> None:
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    assert shop.cancel(session, status=422, quantity=1)["code"] == "not_paid_yet"
    shop.cancel(session)
    assert shop.cancel(session, status=409)["code"] == "already_going_back"
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("cancelled", 1)
    (revoked,) = shop.payment(session)["cancellations"]
    assert (revoked["kind"], revoked["stage"], revoked["amount"]) == ("revoke", "succeeded", 0)
    assert status_there(shop, imp_uid) == "cancelled"


def test_the_deposit_came_before_the_withdrawal(shop: Shop) -> None:
    """PortOne refuses to withdraw what was paid: the buyer owns the goods and may ask for the money."""
    session, imp_uid = issued(shop)
    shop.act(imp_uid, "deposit")
    shop.cancel(session)
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("paid", 1)
    (revoke,) = shop.payment(session)["cancellations"]
    assert revoke["stage"] == "refused"
    shop.cancel(session, refund_account=ACCOUNT)
    shop.drain()
    assert (shop.session(session)["status"], shop.kept(imp_uid)) == ("cancelled", 0)


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_the_answer_of_a_withdrawal_was_lost(shop: Shop, turn: Turn, fault: str) -> None:
    session, imp_uid = issued(shop)
    shop.portone.faults({"kind": fault, "endpoint": "vbanks.revoke", "times": 1})
    shop.cancel(session)
    for _ in range(4):
        shop.drain()
        turn(timedelta(minutes=2))
    assert (shop.session(session)["status"], status_there(shop, imp_uid)) == ("cancelled", "cancelled")


@pytest.mark.parametrize("word", ["cancelled", "failed"])
def test_withdrawn_in_the_console(shop: Shop, turn: Turn, word: str) -> None:
    """No webhook tells; the regular question does. PortOne's word for it is not documented."""
    shop.portone.control("PATCH", "settings", {"revoked_vbank_status": word})
    item = shop.item(stock=1)
    session, imp_uid = issued(shop, item)
    shop.act(imp_uid, "console-vbank-revoke")
    turn(timedelta(minutes=16))
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == (word, 1)


def test_declined_card_then_a_virtual_account(shop: Shop) -> None:
    item = shop.item(stock=1)
    session = shop.open(item)
    shop.decline(session)
    assert (shop.session(session)["status"], shop.stock(item)) == ("failed", 1)
    account = shop.window(session, pay_method="vbank")
    shop.act(account, "issue")
    shop.webhook(session, account, "ready")
    shop.drain()
    assert (shop.session(session)["status"], shop.stock(item)) == ("awaiting_deposit", 0)
    assert deposited(shop, session, account)["status"] == "paid"


def test_an_account_issued_too_late_is_withdrawn(shop_with: Callable[..., Shop], turn: Turn) -> None:
    """Where late money is not welcome, an account that asks for it is not either."""
    shop = shop_with(late_payment="refund")
    session = shop.open(pay_method="vbank")
    imp_uid = shop.window(session)
    turn(timedelta(minutes=31))
    shop.drain()
    assert shop.session(session)["status"] == "expired"
    shop.act(imp_uid, "issue")
    shop.webhook(session, imp_uid, "ready")
    shop.drain()
    assert (shop.session(session)["status"], status_there(shop, imp_uid)) == ("expired", "cancelled")
    shop.balance()
