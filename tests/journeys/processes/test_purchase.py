"""A purchase and its refund through the public API and PortOne's window, with real processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.processes.buyer import Buyer
from tests.system import System
from tests.waiting import until

pytestmark = pytest.mark.parametrize("generation", ["v1", "v2"], indirect=True)


def test_a_purchase_and_its_refund(system: System, buyer: Buyer) -> None:
    item = buyer.item_in_stock()
    session = buyer.wait_for(buyer.open(quantity=2), "prepared")
    assert session["amount"] == 2 * item["price"]
    assert buyer.get(f"/items/{item['id']}")["stock"] == item["stock"] - 2

    imp_uid = buyer.pay_without_webhook(session)
    buyer.verify(session, imp_uid)
    assert buyer.wait_for(session, "paid")["imp_uid"] == imp_uid
    assert [entry["imp_uid"] for entry in buyer.get("/me/payments")["items"]] == [imp_uid]
    assert buyer.owned() == 2

    buyer.cancel(session, quantity=1)
    buyer.wait_for(session, "partially_cancelled")
    assert buyer.owned() == 1

    buyer.cancel(session)
    buyer.wait_for(session, "cancelled")
    assert buyer.owned() == 0
    assert buyer.get(f"/items/{item['id']}")["stock"] == item["stock"]
    moved = [line["amount"] for line in buyer.payment(session)["timeline"] if line["amount"]]
    assert moved == [2 * item["price"], -item["price"], -item["price"]]
    assert len(system.portone.ledger()[imp_uid]["cancels"]) == 2


def test_the_webhook_alone_completes_a_purchase(system: System, buyer: Buyer) -> None:
    session = buyer.prepared()

    buyer.pay(session)

    buyer.wait_for(session, "paid")
    assert buyer.owned() == 1


def test_a_long_poll_is_answered_when_the_worker_has_an_answer(system: System, buyer: Buyer) -> None:
    system.portone.faults({"kind": "latency", "endpoint": "prepare.create", "seconds": 1.5, "times": 1})
    session = buyer.open()
    path = f"/payments/sessions/{session['session_id']}"
    until(lambda: system.portone.control("GET", "faults")["faults"][0]["struck"], "the amount is being registered")
    known = buyer.send("GET", path).headers["ETag"]

    with ThreadPoolExecutor(1) as browser:
        poll = browser.submit(buyer.send, "GET", f"{path}?wait=25", **{"If-None-Match": known})
        answer = poll.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "prepared")
    assert answer.headers["ETag"] != known


def test_a_virtual_account_is_issued_deposited_into_and_refunded(system: System, buyer: Buyer) -> None:
    session = buyer.prepared(pay_method="vbank")
    imp_uid = buyer.pay(session)
    account = buyer.wait_for(session, "awaiting_deposit")["virtual_account"]
    assert account["number"]

    system.portone.control("POST", f"payments/{imp_uid}/deposit", {})
    buyer.wait_for(session, "paid")
    assert buyer.owned() == 1

    buyer.cancel(session, refund_account={"bank": "088", "number": "110-123-456789", "holder": "김하나"})
    buyer.wait_for(session, "cancelled")
    assert buyer.owned() == 0
