"""Cancels that the PG of a payment can never execute are refused at once; the others go to PortOne."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pitturu.domain import clock
from pitturu.domain.clock import SEOUL
from tests.journeys.generations import V1_ONLY
from tests.journeys.test_returns import fulfil, returned
from tests.shop import OPERATOR, Json, Shop

Turn = Callable[[timedelta], None]
ACCOUNT = {"bank": "004", "number": "123456-01-234567", "holder": "김하나"}


def paid(shop: Shop, pg: str, method: str, **wish: object) -> Json:
    """A session that was paid at this PG."""
    session = shop.open(pay_method=method, **wish)
    imp_uid = shop.window(session, pg=pg, **({"vbank_due": "2099-01-01"} if method == "vbank" else {}))
    for action in ("issue", "deposit") if method == "vbank" else ("approve",):
        shop.act(imp_uid, action)
    shop.webhook(session, imp_uid)
    shop.drain()
    session = shop.session(session)
    assert session["status"] == "paid", session
    return session


def month_turns(shop: Shop, turn: Turn) -> None:
    """Let time pass until the first day of the next Korean month."""
    today = clock.now().astimezone(SEOUL)
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1, hour=9)
    turn(first - today)
    shop.drain()


def test_a_part_of_a_phone_payment(shop_with: Callable[..., Shop]) -> None:
    channel = (("phone", "channel-key-danal"),)
    shop = shop_with(portone_channels=channel, portone_v2_channels=channel)
    session = paid(shop, "danal_tpay", "phone", quantity=2)
    options = shop.payment(session)["cancellation_options"]
    assert options.pop("way_until") is not None
    assert options == {
        "way": "cancel",
        "way_reason": None,
        "possible": True,
        "partial": False,
        "account_required": False,
        "tel_required": False,
        "reason": "partial_cancel_not_supported",
    }
    problem = shop.cancel(session, status=422, quantity=1)
    assert (problem["code"], list(problem["errors"])) == (options["reason"], ["quantity"])
    problem = shop.refund(session, 5_000, status=422)
    assert (problem["code"], list(problem["errors"])) == (options["reason"], ["amount"])
    assert (shop.payment(session)["cancellations"], shop.due()) == ([], set())
    shop.cancel(session, quantity=2)
    shop.drain()
    assert (shop.session(session)["status"], shop.kept(session["imp_uid"])) == ("cancelled", 0)
    assert shop.payment(session)["cancellation_options"] is None


@V1_ONLY
def test_a_part_of_a_phone_payment_at_a_pg_that_can(shop: Shop) -> None:
    session = paid(shop, "kcp", "phone", quantity=2)
    shop.cancel(session, quantity=1)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 10_000


def test_a_phone_payment_of_a_past_month(shop: Shop, turn: Turn) -> None:
    session = paid(shop, "html5_inicis", "phone")
    month_turns(shop, turn)
    problem = shop.cancel(session, status=422)
    assert (problem["code"], problem.get("errors", {})) == ("cancel_period_over", {})
    options = shop.payment(session)["cancellation_options"]
    assert (options["possible"], options["partial"], options["reason"]) == (False, False, problem["code"])
    assert (shop.due(), shop.kept(session["imp_uid"])) == (set(), 10_000)


@V1_ONLY
def test_kcp_wants_an_account_for_a_phone_payment_of_a_past_month(shop: Shop, turn: Turn) -> None:
    """The cancel is sent with the account; whether the contract allows it is PortOne's to say."""
    session = paid(shop, "kcp", "phone")
    month_turns(shop, turn)
    problem = shop.cancel(session, status=422)
    assert (problem["code"], list(problem["errors"])) == ("refund_account_needed", ["refund_account"])
    # By an operator: the buyer's time to cancel alone may be over by then.
    shop.login(OPERATOR, role="admin")
    shop.cancel(session, OPERATOR, refund_account=ACCOUNT)
    shop.drain()
    (row,) = shop.payment(session)["cancellations"]
    assert row["refund_account"]["bank"] == "004"
    assert row["decided_at"] is not None


@V1_ONLY
@pytest.mark.parametrize("method", ["vbank", "trans"])
def test_smartro_wants_an_account_and_its_holders_telephone(shop: Shop, method: str) -> None:
    session = paid(shop, "smartro_v2", method)
    options = shop.payment(session)["cancellation_options"]
    assert (options["account_required"], options["tel_required"]) == (True, True)
    assert shop.cancel(session, status=422)["code"] == "refund_account_needed"
    problem = shop.cancel(session, status=422, refund_account=ACCOUNT)
    assert (problem["code"], list(problem["errors"])) == ("refund_tel_needed", ["refund_account.tel"])
    shop.cancel(session, refund_account={**ACCOUNT, "tel": "010-1234-5678"})
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 0


@V1_ONLY
def test_ksnet_allows_nine_partial_cancels(shop: Shop) -> None:
    session = paid(shop, "ksnet", "card")
    for _ in range(9):
        shop.refund(session, 100)
    assert shop.refund(session, 100, status=422)["code"] == "partial_cancel_limit_reached"
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 9_100
    options = shop.payment(session)["cancellation_options"]
    assert (options["possible"], options["partial"]) == (True, False)


@V1_ONLY
def test_returns_that_were_withdrawn_are_no_partial_cancels(shop: Shop) -> None:
    """They never left for the PG. A buyer could take every further partial refund from the shop with nine of them."""
    session = paid(shop, "ksnet", "card", quantity=2)
    fulfil(shop, session, "shipped")
    path = f"/payments/{session['payment_id']}/cancellations"
    for _ in range(9):
        asked = returned(shop, session, quantity=1)["cancellation_id"]
        shop.post(f"{path}/{asked}/withdraw", {}, status=200)
    shop.refund(session, 100)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 19_900


@V1_ONLY
def test_an_automatic_refund_that_needs_an_account_waits_for_it(shop: Shop) -> None:
    """Transfers at Smartro are refunded like deposits."""
    session = shop.open(pay_method="trans")
    imp_uid = shop.window(session, pg="smartro_v2")
    shop.act(imp_uid, "approve", amount=9_000)
    shop.webhook(session, imp_uid)
    shop.drain()
    (row,) = shop.payment(session)["cancellations"]
    assert (row["stage"], shop.due(), shop.kept(imp_uid)) == ("needs_account", set(), 9_000)
    shop.cancel(session, refund_account={**ACCOUNT, "tel": "010-1234-5678"})
    shop.drain()
    assert shop.kept(imp_uid) == 0
