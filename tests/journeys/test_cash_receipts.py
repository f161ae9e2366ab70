"""Cash receipts: asked for at the checkout, issued with the payment or later, corrected when money goes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest

from pitturu.domain.decision.cash_receipt import ReceiptCorrection
from tests.journeys import carts
from tests.journeys.generations import V1_ONLY, V2_ONLY
from tests.shop import OPERATOR, Json, Shop
from tests.shop_events import events_of

Turn = Callable[[timedelta], None]
PERSONAL = {"purpose": "personal", "identifier": "010-1234-5678"}
BUSINESS = {"purpose": "business", "identifier": "124-81-00998"}
SOON = timedelta(minutes=11)


def transferred(shop: Shop, **wish: Any) -> Json:
    """An order that was paid by bank transfer, its receipt dealt with."""
    session = shop.open(pay_method="trans", **{"cash_receipt": PERSONAL, **wish})
    shop.verify(session, shop.pay(session))
    shop.drain()
    return session


def receipts_there(shop: Shop, session: Json) -> list[Json]:
    """The receipts of this order at PortOne, oldest first."""
    (entry,) = [one for one in shop.portone.ledger().values() if one["merchant_uid"] == session["merchant_uid"]]
    receipts: list[Json] = shop.portone.control("GET", f"payments/{entry['imp_uid']}")["behind"]["cash_receipts"]
    return receipts


def valid_there(shop: Shop, session: Json) -> list[int]:
    """The amounts of those that are not cancelled."""
    return [one["amount"] for one in receipts_there(shop, session) if not one["cancelled_at"]]


def lines(shop: Shop, session: Json, user: str = "hana") -> list[tuple[str, str | None]]:
    timeline = shop.get(f"/payments/{shop.session(session)['payment_id']}", user)["timeline"]
    return [(one["kind"], one["detail"]) for one in timeline if one["kind"].startswith("receipt")]


def again(shop: Shop, session: Json, body: Json | None = None, status: int = 202, user: str = OPERATOR) -> Json:
    """An operator has it issued again."""
    shop.login(OPERATOR, role="finance")
    path = f"/operations/payments/{session['session_id']}/cash-receipt"
    return shop.post(path, body or {}, user, status)


def work_off(shop: Shop, turn: Turn) -> None:
    """Everything that becomes due within the hour."""
    for _ in range(6):
        shop.drain()
        turn(SOON)
    shop.drain()


def test_asked_for_and_issued_later(shop: Shop) -> None:
    """PortOne is asked once before, the request leaves once, and the buyer sees a masked number."""
    session = transferred(shop)
    shown = shop.payment(session)["cash_receipt"]
    (there,) = receipts_there(shop, session)
    assert (shown["stage"], shown["amount"], shown["number"]) == ("issued", 10_000, there["number"])
    assert (shown["purpose"], shown["identifier"], shown["self_issued"]) == ("personal", "*******5678", False)
    assert shown["url"].startswith("https://receipt.example/")
    assert len(shop.portone.calls_to("receipts.issue")) == 1


def test_issued_with_the_payment(shop: Shop) -> None:
    """The PG did it by itself: V1 only marks the payment. None is issued a second time."""
    shop.portone.control("PATCH", "settings", {"cash_receipts": "with_payment"})
    session = transferred(shop, cash_receipt=BUSINESS)
    assert shop.payment(session)["cash_receipt"]["stage"] == "issued"
    assert (valid_there(shop, session), shop.portone.calls_to("receipts.issue")) == ([10_000], [])


@pytest.mark.parametrize("endpoint", ["receipts.issue", "receipts.get"])
@pytest.mark.parametrize("fault", ["reset_after", "html"])
def test_a_lost_answer_makes_no_second_receipt(shop: Shop, turn: Turn, endpoint: str, fault: str) -> None:
    shop.portone.faults({"kind": fault, "endpoint": endpoint, "times": 1})
    session = transferred(shop)
    work_off(shop, turn)
    assert shop.payment(session)["cash_receipt"]["stage"] == "issued"
    assert (valid_there(shop, session), len(shop.portone.calls_to("receipts.issue"))) == ([10_000], 1)


def test_a_request_that_got_lost_is_repeated_late(shop: Shop, turn: Turn) -> None:
    """It may still be on its way to the PG, so the repeat waits."""
    shop.portone.faults({"kind": "reset_before", "endpoint": "receipts.issue", "times": 1})
    session = transferred(shop)
    turn(timedelta(minutes=5))
    shop.drain()
    assert valid_there(shop, session) == []
    work_off(shop, turn)
    assert (valid_there(shop, session), len(shop.portone.calls_to("receipts.issue"))) == ([10_000], 2)


def test_cancelled_with_the_payment(shop: Shop, turn: Turn) -> None:
    session = transferred(shop)
    shop.cancel(session)
    work_off(shop, turn)
    shown = shop.payment(session)["cash_receipt"]
    assert (shown["stage"], valid_there(shop, session)) == ("cancelled", [])
    assert shown["cancelled_at"] is not None
    assert lines(shop, session) == [("receipt_issued", f"10000 KRW, {shown['number']}"), ("receipt_cancelled", ANY)]
    issued, *_, last = (one for one in events_of(shop, session) if one.type.startswith("cash_receipt."))
    assert (issued.type, last.type) == ("cash_receipt.issued", "cash_receipt.cancelled")
    assert again(shop, session, status=409)["code"] == "receipt_in_order"


@pytest.mark.parametrize("after", ["kept", "follows"])
def test_partly_refunded_where_nothing_is_documented(shop: Shop, turn: Turn, after: str) -> None:
    """A PG that corrects it by itself is left alone; of any other an operator decides, and has it issued again."""
    shop.portone.control("PATCH", "settings", {"cash_receipt_after_cancel": after})
    session = transferred(shop)
    shop.refund(session, 4_000)
    work_off(shop, turn)
    stage = shop.payment(session)["cash_receipt"]["stage"]
    if after == "follows":
        assert (stage, valid_there(shop, session)) == ("issued", [6_000])
        return
    assert (stage, valid_there(shop, session)) == ("differs", [10_000])
    assert [kind for kind, _ in lines(shop, session)] == ["receipt_issued"], "the rest is for operators"
    (case,) = [one for one in shop.get("/operations/dead", OPERATOR)["items"] if one["kind"] == "cash_receipt"]
    assert (case["reason"], case["actions"]) == ("cash_receipt", ["acknowledge"])
    shown = again(shop, session)
    assert (shown["stage"], shown["kept"], shown["may_issue_again"]) == ("checking", 6_000, False)
    shop.drain()
    assert (shop.payment(session)["cash_receipt"]["amount"], valid_there(shop, session)) == (6_000, [6_000])


def test_reissued_by_setting_with_its_tax_free_part(
    items: dict[str, str], shop_with: Callable[..., Shop], turn: Turn
) -> None:
    """The receipt is about what is left, and so is its tax-free part."""
    shop = shop_with(cash_receipt_correction=ReceiptCorrection.REISSUE)
    cart = carts.wanted(items, coffee=1, apples=2, cards=0)
    session = carts.open_cart(shop, cart, pay_method="trans", cash_receipt=PERSONAL)
    shop.verify(session, shop.pay(session))
    shop.drain()
    (apples,) = [line for line in shop.payment(session)["lines"] if line["tax_free"]]
    shop.cancel(session, lines=[{"line_id": apples["line_id"], "quantity": 1}])
    work_off(shop, turn)
    first, second = receipts_there(shop, session)
    assert (first["amount"], first["tax_free"], bool(first["cancelled_at"])) == (16_000, 6_000, True)
    assert (second["amount"], second["tax_free"], second["cancelled_at"]) == (13_000, 3_000, 0)
    assert [kind for kind, _ in lines(shop, session)] == ["receipt_issued", "receipt_cancelled", "receipt_issued"]
    shop.balance()


@V1_ONLY
def test_reissued_where_the_pg_never_corrects_it(shop: Shop, turn: Turn) -> None:
    session = shop.open(pay_method="trans", cash_receipt=PERSONAL)
    shop.verify(session, shop.pay(session, pg="ksnet"))
    shop.drain()
    shop.refund(session, 4_000)
    work_off(shop, turn)
    assert valid_there(shop, session) == [6_000]


def test_a_pg_without_receipts(shop: Shop, turn: Turn) -> None:
    """The operator and the buyer see it; nothing is tried again until somebody asks."""
    shop.portone.control("PATCH", "settings", {"cash_receipts": "unsupported"})
    session = transferred(shop)
    assert shop.payment(session)["cash_receipt"]["stage"] == "failed"
    order = shop.get(f"/operations/payments/{session['session_id']}", _operator(shop))
    assert order["cash_receipt"]["refusal"]
    assert lines(shop, session) == [("receipt_failed", None)]
    assert lines(shop, session, _operator(shop)) == [("receipt_failed", order["cash_receipt"]["refusal"])]
    assert order["cash_receipt"]["may_issue_again"]
    assert any(one["kind"] == "cash_receipt" and one["turn"] == "operator" for one in order["why"])
    calls = len(shop.portone.calls_to("receipts.issue"))
    work_off(shop, turn)
    assert len(shop.portone.calls_to("receipts.issue")) == calls == 1
    shop.portone.control("PATCH", "settings", {"cash_receipts": "later"})
    again(shop, session, {"cash_receipt": BUSINESS})
    shop.drain()
    shown = shop.payment(session)["cash_receipt"]
    assert (shown["stage"], shown["purpose"], shown["identifier"]) == ("issued", "business", "******0998")
    entry = shop.get("/operations/log?action=issue_receipt", _operator(shop, "admin"))["items"][0]
    assert (entry["who"], entry["detail"]) == (OPERATOR, "to another number")


def _operator(shop: Shop, role: str = "finance") -> str:
    shop.login(role, role=role)
    return role


@pytest.mark.parametrize(("least", "wish", "expected"), [(10_000, {"purpose": "none"}, [10_000]), (10_001, None, [])])
def test_self_issued_by_setting(
    shop_with: Callable[..., Shop], least: int, wish: Json | None, expected: list[int]
) -> None:
    shop = shop_with(cash_receipt_self_issue_from=least)
    session = transferred(shop, cash_receipt=wish)
    assert valid_there(shop, session) == expected
    shown = shop.payment(session)["cash_receipt"]
    assert [shown["self_issued"], shown["identifier"]] == [True, None] if expected else shown is None


@V2_ONLY
def test_the_window_is_told(shop: Shop, shop_with: Callable[..., Shop]) -> None:
    """Only the buyer's own window gets the number; it may change until the order is paid."""
    session = shop.open(pay_method="card")
    assert "transfer" not in session["checkout"]["params"]
    body = {"pay_method": "vbank", "cash_receipt": PERSONAL}
    params = shop.post(f"/payments/sessions/{session['session_id']}/prepare", body)["checkout"]["params"]
    told = {"cashReceiptType": "PERSONAL", "customerIdentifier": "01012345678"}
    assert params["virtualAccount"].items() >= told.items()
    body = {"pay_method": "trans", "cash_receipt": {"purpose": "none"}}
    params = shop.post(f"/payments/sessions/{session['session_id']}/prepare", body)["checkout"]["params"]
    assert params["transfer"] == {"cashReceiptType": "ANONYMOUS"}
    silent = shop_with(cash_receipt_in_window="off")
    assert "transfer" not in silent.session(session)["checkout"]["params"]


def test_who_may_have_what(shop: Shop) -> None:
    """A thief wants a receipt without having paid, another's number, a refunded order's receipt, or our disk."""
    for bad in ({"purpose": "personal", "identifier": "9" * 31}, {"purpose": "business", "identifier": "1248100999"}):
        body = {"item_id": shop.item(), "quantity": 1, "pay_method": "vbank", "cash_receipt": bad}
        refused = shop.post("/payments/sessions", {**body, **_buyer()}, status=422)
        assert bad["identifier"] not in str(refused)
    body = {"item_id": shop.item(), "quantity": 1, "pay_method": "card", "cash_receipt": PERSONAL, **_buyer()}
    assert "cash_receipt" in shop.post("/payments/sessions", body, status=422)["errors"]
    unpaid = shop.open(pay_method="trans", cash_receipt=PERSONAL)
    assert again(shop, unpaid, status=409)["code"] == "no_cash_payment"
    card = shop.paid()
    assert again(shop, card, {"cash_receipt": PERSONAL}, status=409)["code"] == "no_cash_payment"
    session = transferred(shop, cash_receipt=None)
    assert shop.payment(session)["cash_receipt"] is None
    assert again(shop, session, status=409)["code"] == "receipt_not_wanted"
    path = f"/operations/payments/{session['session_id']}/cash-receipt"
    shop.post(path, {"cash_receipt": PERSONAL}, _operator(shop, "support"), status=403)
    shop.post(path, {"cash_receipt": PERSONAL}, "mallory", status=403)
    shop.get(f"/payments/{shop.session(session)['payment_id']}", "mallory", status=404)
    assert shop.portone.calls_to("receipts.issue") == []
    again(shop, session, {"cash_receipt": PERSONAL})
    shop.drain()
    assert valid_there(shop, session) == [10_000]
    row = shop.row(session)
    assert row.cash_receipt_encrypted is not None
    assert b"5678" not in row.cash_receipt_encrypted


def _buyer() -> Json:
    return {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
