"""V2's answers against PortOne's own description of them, where that is at hand."""

import pytest

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import ACCOUNT, V2_SECRET, V2SimulatorClient, open_receiver
from tests.portone_simulator.v2.described import (
    CANCEL,
    CLOSE,
    CURSOR,
    FEED,
    GET,
    LIST,
    LOGIN,
    NEEDED,
    REFRESH,
    REGISTER,
    RESEND,
    TRIES,
    check,
    validator,
)

pytestmark = NEEDED

METHODS = ("card", "trans", "phone", "vbank", "kakaopay", "naverpay", "samsung", "culturegift", "point")
PAID = [("approve", "deposit") if method == "vbank" else ("approve",) for method in METHODS]


def test_the_description_tells_right_from_wrong(simulator: V2SimulatorClient) -> None:
    payment = check(GET, simulator.ask("GET", f"/payments/{simulator.order('approve')[0]}"))
    wrong = [
        {name: value for name, value in payment.items() if name != "disputes"},
        payment | {"status": "PENDING"},
        payment | {"paidAt": 1764547200},
        payment | {"pgTxId": None},
        payment | {"payedAt": payment["paidAt"]},
        payment | {"method": {**payment["method"], "type": "CARD"}},
        payment | {"amount": payment["amount"] | {"total": 10.5}},
    ]

    assert [validator(GET, 200).is_valid(each) for each in (payment, *wrong)] == [True] + [False] * len(wrong)


def everywhere(simulator: V2SimulatorClient, payment_id: str, status: str) -> None:
    """The payment is in this state and every question shows it as described."""
    assert check(GET, simulator.ask("GET", f"/payments/{payment_id}"))["status"] == status
    assert status in {
        each["status"] for each in check(TRIES, simulator.ask("GET", f"/payments/{payment_id}/transactions"))["items"]
    }
    assert check(LIST, simulator.ask("GET", "/payments"))["items"][0]["id"] == payment_id
    assert check(CURSOR, simulator.ask("GET", "/payments-by-cursor"))["items"][-1]["payment"]["id"] == payment_id
    check(FEED, simulator.ask("GET", "/payment-events-by-cursor"))


@pytest.mark.parametrize("generation", ["v1", "v2"])
@pytest.mark.parametrize(("method", "moves"), list(zip(METHODS, PAID, strict=True)), ids=METHODS)
def test_paid_by_every_method(
    simulator: V2SimulatorClient, generation: str, method: str, moves: tuple[str, ...]
) -> None:
    buyer = {"buyer_name": "김유나", "buyer_tel": "01012345678", "buyer_addr": "서울"} if generation == "v1" else {}
    payment_id, imp_uid = order_id(), ""
    imp_uid = simulator.opened(generation=generation, merchant_uid=payment_id, pay_method=method, **buyer)
    for move in moves:
        simulator.act(imp_uid, move)
    everywhere(simulator, payment_id, "PAID")

    account = {"refundAccount": ACCOUNT} if method == "vbank" else {}
    check(CANCEL, simulator.give_back(payment_id, **account))
    everywhere(simulator, payment_id, "CANCELLED")


@pytest.mark.parametrize("pg", ["html5_inicis", "kakaopay", "tosspayments", "settle", "danal_tpay", "nice_v2", "kcp"])
def test_every_pg(simulator: V2SimulatorClient, pg: str) -> None:
    payment_id = order_id()
    simulator.paid(merchant_uid=payment_id, pg=pg)

    everywhere(simulator, payment_id, "PAID")


@pytest.mark.parametrize(
    ("method", "moves", "status"),
    [
        ("card", (), "READY"),
        ("card", ("abandon",), "READY"),
        ("card", ("decline",), "FAILED"),
        ("card", ("pend",), "PAY_PENDING"),
        ("kakaopay", ("pend", "approve"), "PAID"),
        ("vbank", ("issue",), "VIRTUAL_ACCOUNT_ISSUED"),
        ("vbank", ("issue", "console-vbank-revoke"), "CANCELLED"),
        ("card", ("approve", "console-cancel"), "CANCELLED"),
    ],
)
def test_every_state(simulator: V2SimulatorClient, method: str, moves: tuple[str, ...], status: str) -> None:
    with open_receiver() as receiver:
        simulator.settings(webhook_url=receiver.url)
        payment_id, _ = simulator.order(*moves, pay_method=method, custom_data={"order": 991})
        simulator.webhooks()
        everywhere(simulator, payment_id, status)


@pytest.mark.parametrize("method", METHODS)
def test_an_approval_that_is_pending(simulator: V2SimulatorClient, method: str) -> None:
    payment_id, _ = simulator.order("pend", pay_method=method)

    everywhere(simulator, payment_id, "PAY_PENDING")


def test_taxes(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve", amount=1000, tax_free=450, vat_amount=50)
    check(CANCEL, simulator.give_back(payment_id, amount=300, taxFreeAmount=300))

    everywhere(simulator, payment_id, "PARTIAL_CANCELLED")


@pytest.mark.parametrize("way", ["at_once", "requested", "failed"])
def test_cancels(simulator: V2SimulatorClient, way: str) -> None:
    simulator.settings(v2_cancel=way)
    payment_id, _ = simulator.order("approve", amount=1000)
    first = check(CANCEL, simulator.give_back(payment_id, amount=400))["cancellation"]
    simulator.settings(v2_cancel="at_once")
    second = check(CANCEL, simulator.give_back(payment_id, amount=600))["cancellation"]

    assert (first["totalAmount"], second["totalAmount"]) == (400, 600)
    assert first["status"] == {"at_once": "SUCCEEDED", "requested": "REQUESTED", "failed": "FAILED"}[way]
    everywhere(simulator, payment_id, "CANCELLED" if way == "at_once" else "PARTIAL_CANCELLED")


def test_disputes(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve")
    for move in ("dispute", "resolve-dispute", "dispute"):
        simulator.act(transaction_id, move)

    everywhere(simulator, payment_id, "PAID")
    shown = simulator.found(f"/payments/{payment_id}")["disputes"]
    assert [each["status"] for each in shown] == ["RESOLVED", "UNRESOLVED"]


def test_the_event_list_contains_all_movements(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)
    for amount in (400, 600):
        simulator.give_back(payment_id, amount=amount)
    events = [each["paymentEvent"] for each in check(FEED, simulator.ask("GET", "/payment-events-by-cursor"))["items"]]

    received_types = {(each["type"], each["eventAmount"], each["paymentId"]) for each in events}
    assert received_types == {
        ("PAID", 1000, payment_id),
        ("PARTIAL_CANCELLED", -400, payment_id),
        ("CANCELLED", -600, payment_id),
    }
    assert len({each["id"] for each in events}) == 3


def test_small_answers(simulator: V2SimulatorClient) -> None:
    with open_receiver() as receiver:
        simulator.settings(webhook_url=receiver.url)
        payment_id, _ = simulator.order("issue", pay_method="vbank")
        simulator.webhooks()
        check(RESEND, simulator.ask("POST", f"/payments/{payment_id}/resend-webhook", json={}))
        simulator.webhooks()
    check(CLOSE, simulator.ask("POST", f"/payments/{payment_id}/virtual-account/close"))
    check(REGISTER, simulator.ask("POST", f"/payments/{order_id()}/pre-register", json={"totalAmount": 1000}))
    tokens = check(LOGIN, simulator.ask("POST", "/login/api-secret", json={"apiSecret": V2_SECRET}))
    check(REFRESH, simulator.ask("POST", "/token/refresh", json={"refreshToken": tokens["refreshToken"]}))
