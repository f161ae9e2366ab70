"""Large refunds need two operators, however they are split, and whatever account they go to."""

from typing import Any

import pytest

from tests.journeys.test_returns import decide, fulfil
from tests.shop import OPERATOR, Json, Shop

SECOND = "jiwoo"
LIMIT = 1_000_000
ACCOUNT = {"bank": "088", "number": "110-123-456789", "holder": "김하나", "tel": "010-1234-5678"}


def bought(shop: Shop, quantity: int = 2) -> Json:
    """A purchase of pieces for 900,000 won each."""
    return shop.paid(shop.item(price=900_000), quantity=quantity)


def latest(shop: Shop, session: Json) -> Json:
    """The newest cancel of the payment."""
    return shop.payment(session)["cancellations"][-1]


def test_a_large_refund_needs_a_second_operator(shop: Shop) -> None:
    session = bought(shop)
    shop.refund(session, LIMIT + 1)
    shop.drain()
    asked = latest(shop, session)
    assert (asked["stage"], shop.kept(session["imp_uid"])) == ("awaiting_approval", 1_800_000)
    refused = decide(shop, asked["cancellation_id"], "approve", status=403)
    assert refused["code"] == "second_person_needed"
    decide(shop, asked["cancellation_id"], "approve", SECOND)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 1_800_000 - LIMIT - 1


def test_many_small_refunds_are_one_large_one(shop: Shop) -> None:
    session = bought(shop)
    shop.refund(session, 600_000)
    shop.refund(session, 400_000)
    shop.refund(session, 1)
    shop.drain()
    assert latest(shop, session)["stage"] == "awaiting_approval"
    assert shop.kept(session["imp_uid"]) == 800_000


def test_the_one_who_requested_it_takes_it_back(shop: Shop) -> None:
    session = bought(shop)
    shop.refund(session, LIMIT + 1)
    decide(shop, latest(shop, session)["cancellation_id"], "reject")
    shop.drain()
    assert (latest(shop, session)["stage"], shop.kept(session["imp_uid"])) == ("rejected", 1_800_000)


def test_a_large_return_is_approved_by_two(shop: Shop) -> None:
    session = bought(shop)
    fulfil(shop, session, "delivered")
    shop.cancel(session)
    asked = latest(shop, session)["cancellation_id"]
    assert decide(shop, asked, "approve")["stage"] == "awaiting_approval"
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 1_800_000
    assert decide(shop, asked, "approve", status=403)["code"] == "second_person_needed"
    approved = decide(shop, asked, "approve", SECOND)
    assert (approved["reviewed_by"], approved["approved_by"]) == (OPERATOR, SECOND)
    shop.drain()
    assert (shop.session(session)["status"], shop.owned()) == ("cancelled", 0)


def test_a_buyers_own_cancel_of_an_untouched_purchase_needs_nobody(shop: Shop) -> None:
    """The money goes to whom it came from, and the goods are still here."""
    session = bought(shop)
    shop.cancel(session)
    shop.drain()
    assert shop.session(session)["status"] == "cancelled"


def test_nobody_decides_about_an_own_purchase(shop: Shop) -> None:
    """An operator buys, has it delivered, asks for a return, and approves it."""
    shop.login(OPERATOR, role="admin")
    session = shop.paid(user=OPERATOR)
    path = f"/operations/payments/{session['payment_id']}/fulfilment"
    shop.post(path, {"fulfilment": "delivered"}, OPERATOR, 200)
    asked = shop.post(f"/payments/{session['payment_id']}/cancel", {"reason": "변심"}, OPERATOR)["cancellations"][0]
    assert asked["stage"] == "return_requested"
    for what in ("approve", "reject"):
        assert decide(shop, asked["cancellation_id"], what, status=403)["code"] == "own_purchase"
    decide(shop, asked["cancellation_id"], "approve", SECOND)
    shop.drain()
    assert shop.session(session, OPERATOR)["status"] == "cancelled"


def test_an_operator_says_which_pieces_come_back_for_which_money(shop: Shop) -> None:
    """One of three came back worn, for a part of its price. The buyer gets no more than the price of the others."""
    item = shop.item(stock=3)
    session = shop.paid(item, quantity=3)
    shop.refund(session, 4_000, quantity=1)
    shop.drain()
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (2, 1, 26_000)
    shop.cancel(session)
    shop.drain()
    assert (shop.owned(), shop.stock(item), shop.kept(session["imp_uid"])) == (0, 3, 6_000)
    assert shop.cancel(session, status=409)["code"] == "nothing_left"
    assert shop.session(session)["status"] == "partially_cancelled"


def mismatched(shop: Shop) -> Json:
    """A deposit of another amount than the order's: it has to go back, and the buyer's account is not known."""
    shop.portone.control("PATCH", "settings", {"vbank_deposit": "any"})
    session = shop.open(shop.item(price=1_500_000), pay_method="vbank")
    imp_uid = shop.window(session)
    shop.act(imp_uid, "issue")
    shop.act(imp_uid, "deposit", amount=1_400_000)
    shop.verify(session, imp_uid)
    shop.drain()
    found: Json = shop.session(session)
    assert found["status"] == "mismatched"
    return found | {"imp_uid": imp_uid}


def refund_to(shop: Shop, session: Json, user: str, account: dict[str, Any]) -> str:
    """Somebody names the account of the automatic refund; the stage of that afterwards."""
    body = {"reason": "금액 불일치", "refund_account": account}
    return str(shop.post(f"/payments/{session['payment_id']}/cancel", body, user)["cancellations"][0]["stage"])


def test_an_operator_cannot_send_a_large_refund_to_an_account_alone(shop: Shop) -> None:
    """It could be the operator's own. The second one rejects it, and the buyer names the right one."""
    session = mismatched(shop)
    shop.login(OPERATOR, role="admin")
    assert refund_to(shop, session, OPERATOR, ACCOUNT) == "awaiting_approval"
    (waiting,) = shop.get("/operations/approvals", OPERATOR)["items"]
    assert (waiting["requested_by"], waiting["reviewed_by"], waiting["buyer"]) == (None, OPERATOR, "hana")
    assert decide(shop, waiting["cancellation_id"], "approve", status=403)["code"] == "second_person_needed"
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 1_400_000
    rejected = decide(shop, waiting["cancellation_id"], "reject", SECOND)
    assert (rejected["stage"], rejected["reviewed_by"]) == ("needs_account", None)
    assert latest(shop, session)["refund_account"] is None
    assert refund_to(shop, session, "hana", ACCOUNT) == "requested"
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 0


def test_a_second_operator_approves_the_account(shop: Shop) -> None:
    session = mismatched(shop)
    shop.login(OPERATOR, role="admin")
    refund_to(shop, session, OPERATOR, ACCOUNT)
    decide(shop, latest(shop, session)["cancellation_id"], "approve", SECOND)
    shop.drain()
    assert (latest(shop, session)["stage"], shop.kept(session["imp_uid"])) == ("succeeded", 0)


@pytest.mark.parametrize("what", ["approve", "reject"])
def test_a_buyer_decides_nothing(shop: Shop, what: str) -> None:
    session = bought(shop)
    shop.refund(session, LIMIT + 1)
    asked = latest(shop, session)["cancellation_id"]
    path = f"/operations/approvals/{asked}/{what}"
    assert shop.post(path, {"reason": "네"}, "minji", 403)["code"] == "operators_only"
    assert shop.post(f"/operations/approvals/cannothere/{what}", {"reason": "네"}, OPERATOR, 404)["code"] == (
        "cancellation_not_found"
    )


def test_a_buyer_who_returns_everything_gets_everything(shop: Shop) -> None:
    """An operator's large refund awaits approval, the buyer cancels in full, and the second operator decides late."""
    session = bought(shop)
    shop.refund(session, LIMIT + 1)
    waiting = latest(shop, session)["cancellation_id"]
    shop.cancel(session)
    assert decide(shop, waiting, "approve", SECOND, status=409)["code"] == "nothing_left"
    shop.drain()
    assert (shop.owned(), shop.kept(session["imp_uid"])) == (0, 0)
    assert {row["stage"] for row in shop.payment(session)["cancellations"]} == {"refused", "succeeded"}


def test_a_wrong_account_of_an_automatic_refund_is_corrected(shop: Shop) -> None:
    """The buyer mistyped it, and the PG refuses it for hours."""
    session = mismatched(shop)
    refund_to(shop, session, "hana", ACCOUNT)
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel"})
    shop.drain()
    refund_to(shop, session, "hana", {**ACCOUNT, "number": "110-987-654321"})
    shop.portone.faults()
    shop.drain()
    assert latest(shop, session)["refund_account"]["number"].endswith("4321")
    assert shop.kept(session["imp_uid"]) == 0


def test_an_account_that_was_approved_is_approved_again_when_it_changes(shop: Shop) -> None:
    session = mismatched(shop)
    shop.login(OPERATOR, role="admin")
    refund_to(shop, session, OPERATOR, ACCOUNT)
    decide(shop, latest(shop, session)["cancellation_id"], "approve", SECOND)
    shop.portone.faults({"kind": "pg_refusal", "endpoint": "payments.cancel"})
    shop.drain()
    another = {**ACCOUNT, "number": "110-987-654321"}
    assert refund_to(shop, session, SECOND, another) == "awaiting_approval"
    assert decide(shop, latest(shop, session)["cancellation_id"], "approve", SECOND, 403)["code"] == (
        "second_person_needed"
    )
    shop.portone.faults()
    decide(shop, latest(shop, session)["cancellation_id"], "approve", OPERATOR)
    shop.drain()
    assert shop.kept(session["imp_uid"]) == 0


def test_support_names_no_account(shop: Shop) -> None:
    """It could be an own one; the money of a deposit does not go back to where it came from."""
    shop.login("minsu", role="support")
    session = mismatched(shop)
    path = f"/payments/{session['payment_id']}/cancel"
    refused = shop.post(path, {"reason": "금액 불일치", "refund_account": ACCOUNT}, "minsu", 403)
    assert refused["code"] == "permission_needed"
