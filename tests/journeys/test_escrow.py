"""Escrow: the shop registers how the goods were sent, whatever is lost on the way, and sees what the buyer says."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from pitturu.domain.scopes import Scope
from pitturu.extensions import db
from pitturu.store.shipments import EscrowShipment
from tests.fake_portone import PortOne
from tests.journeys.generations import V2_ONLY
from tests.machine_clients import new_key
from tests.shop import OPERATOR, Json, Shop

SENDER = {
    f"escrow_sender_{name}": value
    for name, value in (("name", "강릉커피"), ("tel", "033-000-0000"), ("address", "강릉시 1"), ("postcode", "25500"))
}
ADDRESS = {"buyer_addr": "서울 중구 1", "buyer_postcode": "04524"}
GOODS = {"carrier": "cj", "invoice": "640812345678"}


@pytest.fixture
def shop(shop_with: Callable[..., Shop]) -> Iterator[Shop]:
    """A shop with escrow for transfers, and an operator."""
    shop = shop_with(escrow_methods=("trans", "vbank"), **SENDER)
    shop.login(OPERATOR, role="support")
    yield shop
    shop.balance()


def bought(shop: Shop, method: str = "trans") -> Json:
    """An order that was paid through escrow."""
    session = shop.open(pay_method=method, **ADDRESS)
    flag = session["checkout"]["params"]["escrow" if shop.generation == "v1" else "isEscrow"]
    imp_uid = shop.window(session, escrow=flag) if shop.generation == "v1" else shop.window(session)
    for action in ("issue", "deposit") if method == "vbank" else ("approve",):
        shop.act(imp_uid, action)
    shop.webhook(session, imp_uid)
    shop.drain()
    return shop.session(session)


def ship(shop: Shop, session: Json, status: int = 202, user: str = OPERATOR, **changes: Any) -> Json:
    """Register a shipment."""
    path = f"/operations/payments/{session['payment_id']}/shipment"
    return shop.post(path, {**GOODS, **changes}, user, status)


def registered(portone: PortOne, session: Json) -> Json | None:
    """What the PG knows of the goods."""
    truth: Json = portone.control("GET", f"payments/{session['imp_uid']}")
    shipment: Json | None = truth["behind"]["shipment"]
    return shipment and {name: shipment[name] for name in ("company", "invoice")}


@pytest.mark.parametrize("method", ["trans", "vbank"])
def test_a_shipment_is_registered_and_corrected(shop: Shop, portone: PortOne, method: str) -> None:
    session = bought(shop, method)
    before = {"v1": "unknown", "v2": "before_registered"}[shop.generation]
    assert (shop.payment(session)["escrow_status"], shop.payment(session)["shipment"]) == (before, None)

    assert ship(shop, session)["stage"] == "requested"
    shop.drain()
    company = "CJGLS" if shop.generation == "v1" else "CJ"
    assert registered(portone, session) == {"company": company, "invoice": GOODS["invoice"]}
    first = shop.payment(session)["shipment"]
    assert (first["stage"], first["carrier"], first["invoice"]) == ("registered", "cj", GOODS["invoice"])
    assert ship(shop, session) == first, "the same again changes nothing"

    ship(shop, session, carrier="lotte", invoice="77-1")
    shop.drain()
    assert registered(portone, session) == {
        "company": "HYUNDAI" if shop.generation == "v1" else "LOTTE",
        "invoice": "77-1",
    }
    assert len(portone.calls("escrow")) == 2


@pytest.mark.parametrize("arrived", [True, False])
def test_an_answer_that_was_lost_is_asked_for(
    shop: Shop, portone: PortOne, turn: Callable[[timedelta], None], arrived: bool
) -> None:
    """Whether it arrived or not, PortOne has it once in the end, and nothing says otherwise meanwhile."""
    session = bought(shop)
    fault = {"kind": "reset_after", "times": 1} if arrived else {"kind": "status", "status": 502, "times": 1}
    portone.control("PUT", "faults", {"faults": [{**fault, "endpoint": "escrows.ship"}]})
    ship(shop, session)
    shop.drain()
    assert shop.payment(session)["shipment"]["stage"] == "sent"
    assert ship(shop, session, invoice="77-1", status=409)["code"] == "shipment_under_way"

    turn(timedelta(minutes=2))
    shop.drain()
    assert shop.payment(session)["shipment"]["stage"] == "registered"
    assert (registered(portone, session) or {})["invoice"] == GOODS["invoice"]
    posts = [call for call in portone.calls("escrow") if call["method"] == "POST"]
    assert len(posts) == (1 if arrived else 2)

    portone.control("PUT", "faults", {"faults": [{**fault, "times": 1, "endpoint": "escrows.ship"}]})
    ship(shop, session, invoice="77-1")
    shop.drain()
    turn(timedelta(minutes=2))
    shop.drain()
    assert (registered(portone, session) or {})["invoice"] == "77-1"
    assert shop.payment(session)["shipment"]["stage"] == "registered", "a change that did not arrive is a change again"


def test_what_the_pg_refuses_is_shown_and_can_be_sent_again(shop: Shop, portone: PortOne) -> None:
    session = bought(shop)
    refusal = {"kind": "pg_refusal", "endpoint": "escrows.ship", "message": "송장번호 오류", "times": 1}
    portone.control("PUT", "faults", {"faults": [refusal]})
    ship(shop, session)
    shop.drain()
    shown = shop.payment(session)["shipment"]
    assert (shown["stage"], "송장번호 오류" in shown["refusal"]) == ("refused", True)

    ship(shop, session)
    shop.drain()
    assert shop.payment(session)["shipment"]["stage"] == "registered"


@V2_ONLY
def test_what_the_buyer_says_is_taken_over(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    session = bought(shop)
    ship(shop, session)
    shop.drain()
    shop.act(session["imp_uid"], "judge", status="REJECTED")
    assert shop.payment(session)["escrow_status"] == "registered"
    turn(timedelta(hours=13))
    shop.drain()
    assert shop.payment(session)["escrow_status"] == "rejected"
    (case,) = shop.get("/operations/dead", OPERATOR)["items"]
    assert (case["kind"], case["reason"], case["actions"]) == ("shipment", "escrow_rejected", ["acknowledge"])
    order = shop.get(f"/operations/payments/{session['session_id']}", OPERATOR)
    assert any("refuses the goods" in one["waits_for"] for one in order["why"])

    shop.act(session["imp_uid"], "judge", status="REJECT_CONFIRMED")
    turn(timedelta(hours=13))
    shop.drain()
    assert shop.payment(session)["escrow_status"] == "reject_confirmed"
    with shop.app.app_context():
        (row,) = db.session.query(EscrowShipment)
    assert (row.stage, row.due_at, row.rejected_at) == ("registered", None, None)
    assert shop.get("/operations/dead", OPERATOR)["items"] == []


@V2_ONLY
def test_goods_that_are_refused_are_no_case_once_the_money_went_back(
    shop: Shop, turn: Callable[[timedelta], None]
) -> None:
    """Whichever question to PortOne says so first."""
    session = bought(shop)
    ship(shop, session)
    shop.drain()
    shop.act(session["imp_uid"], "judge", status="REJECTED")
    turn(timedelta(minutes=5))
    shop.post(f"/operations/payments/{session['payment_id']}/verify", {}, OPERATOR, 202)
    shop.drain()
    assert [one["reason"] for one in shop.get("/operations/dead", OPERATOR)["items"]] == ["escrow_rejected"]
    shop.cancel(session)
    shop.drain()
    assert shop.get("/operations/dead", OPERATOR)["items"] == []


def confirm(shop: Shop, session: Json, status: int = 202, user: str = "finance") -> Json:
    """An operator says that the buyer has agreed."""
    shop.login("finance", role="finance")
    return shop.post(f"/operations/payments/{session['payment_id']}/shipment/confirmation", {}, user, status)


@V2_ONLY
@pytest.mark.parametrize("fault", [None, "reset_after", "reset_before", "pg_refusal"])
def test_confirmed_by_agreement_with_the_buyer(
    shop: Shop, portone: PortOne, turn: Callable[[timedelta], None], fault: str | None
) -> None:
    """PortOne is told once, whatever is lost on the way; what the PG refuses can be asked for again."""
    session = bought(shop)
    assert confirm(shop, session, 409)["code"] == "escrow_not_confirmable", "nothing was sent"
    ship(shop, session)
    shop.drain()
    assert confirm(shop, session, 403, user=OPERATOR)["code"] == "permission_needed"
    assert confirm(shop, session, 403, user="hana")["code"] == "operators_only"
    if fault:
        portone.control("PUT", "faults", {"faults": [{"kind": fault, "endpoint": "escrows.confirm", "times": 1}]})
    assert confirm(shop, session)["confirming"]
    shop.drain()
    if fault == "pg_refusal":
        shown = shop.payment(session)
        assert (shown["escrow_status"], shown["shipment"]["confirming"]) == ("registered", False)
        assert shown["shipment"]["confirm_refusal"]
        confirm(shop, session)
    for _ in range(4):
        turn(timedelta(minutes=2))
        shop.drain()
    assert shop.payment(session)["escrow_status"] == "confirmed"
    assert len(portone.calls_to("escrows.confirm")) == (1 if fault in (None, "reset_after") else 2)
    assert confirm(shop, session, 409)["code"] == "escrow_not_confirmable"


def test_what_the_buyer_refuses_or_v1_is_not_confirmed(shop: Shop, turn: Callable[[timedelta], None]) -> None:
    session = bought(shop)
    ship(shop, session)
    shop.drain()
    if shop.generation == "v2":
        shop.act(session["imp_uid"], "judge", status="REJECTED")
        turn(timedelta(hours=13))
        shop.drain()
    assert confirm(shop, session, 409)["code"] == "escrow_not_confirmable"


def test_who_may_not_register_shipments(shop: Shop, shop_with: Callable[..., Shop]) -> None:
    """No buyer, neither of this order nor of another; no key without the scope; none of what has no escrow."""
    session = bought(shop)
    assert ship(shop, session, 403, user="hana")["code"] == "operators_only"
    assert ship(shop, session, 403, user="duri")["code"] == "operators_only"
    path = f"/api/v1/operations/payments/{session['payment_id']}/shipment"
    for name, scope, status in (("reader", Scope.PAYMENTS_CANCEL, 403), ("shipper", Scope.SHIPMENTS_WRITE, 202)):
        headers = {"Authorization": f"Bearer {new_key(shop, scope, name=name)}", "Idempotency-Key": name}
        assert shop.client.post(path, json=GOODS, headers=headers).status_code == status
    card = shop_with().paid()
    assert ship(shop, card, 409)["code"] == "no_escrow"
    assert ship(shop, {"payment_id": "pay3f8k1n6p0s5w9z2c7h4m1r6v8x"}, 404)["code"] == "payment_not_found"
    early = shop.get(f"/payments/{session['payment_id']}")["created_at"].replace("20", "19", 1)
    assert ship(shop, session, 422, sent_at=early)["code"] == "sending_time_impossible"

    shop.cancel(session)
    shop.drain()
    assert ship(shop, session, 409)["code"] == "nothing_to_ship"
