"""Cancels, and every refusal."""

from typing import Any

import pytest

from tests.portone_simulator.clients import Shop, SimulatorClient, accepted, order_id, refusal

ACCOUNT = {"refund_holder": "김하나", "refund_bank": "88", "refund_account": "110123456789"}
FULLY = "이미 전액취소된 주문입니다."


def test_a_full_cancel(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(amount=15400)
    payment = accepted(simulator.cancel(imp_uid=imp_uid, checksum=15400, reason="변심"))

    assert (payment["status"], payment["amount"], payment["cancel_amount"]) == ("cancelled", 15400, 15400)
    assert (payment["cancel_reason"], payment["cancel_history"][0]["amount"]) == ("변심", 15400)
    assert payment["cancelled_at"] >= payment["paid_at"]
    assert refusal(simulator.cancel(imp_uid=imp_uid)) == (1, FULLY)


@pytest.mark.parametrize("everything", [{}, {"amount": 0}, {"amount": None}, {"amount": ""}])
def test_no_amount_is_all_that_is_left(simulator: SimulatorClient, everything: dict[str, Any]) -> None:
    imp_uid = simulator.paid(amount=1000)
    accepted(simulator.cancel(imp_uid=imp_uid, amount=300))
    payment = accepted(simulator.cancel(imp_uid=imp_uid, **everything))

    assert [entry["amount"] for entry in payment["cancel_history"]] == [300, 700]


def test_forms_with_a_nested_extra(simulator: SimulatorClient) -> None:
    form = {"imp_uid": simulator.paid(), "amount": "400", "checksum": "1000", "extra[requester]": "customer"}

    assert accepted(simulator.call("POST", "/payments/cancel/", data=form))["cancel_amount"] == 400


@pytest.mark.parametrize(("switch", "status", "cancelled"), [("cancelled", "cancelled", True), ("paid", "paid", False)])
def test_what_a_partial_cancel_says(simulator: SimulatorClient, switch: str, status: str, cancelled: bool) -> None:
    simulator.settings(partial_cancel_status=switch)
    imp_uid = simulator.paid(amount=1000)
    part = accepted(simulator.cancel(imp_uid=imp_uid, amount=400))
    rest = accepted(simulator.cancel(imp_uid=imp_uid))

    assert (part["status"], part["cancel_amount"], part["cancelled_at"] > 0) == (status, 400, cancelled)
    assert (rest["status"], rest["cancel_amount"]) == ("cancelled", 1000)


def test_the_imp_uid_wins(simulator: SimulatorClient) -> None:
    merchant_uid = order_id()
    simulator.paid(merchant_uid=merchant_uid)
    answer = simulator.cancel(imp_uid="imp_000000000000", merchant_uid=merchant_uid)

    assert refusal(answer) == (1, "취소할 결제건이 존재하지 않습니다.")


def test_by_order_the_attempt_with_money_is_meant(simulator: SimulatorClient) -> None:
    merchant_uid = order_id()
    stale = simulator.opened(merchant_uid=merchant_uid)
    paid = simulator.paid(merchant_uid=merchant_uid)
    simulator.act(stale, "decline")

    assert accepted(simulator.cancel(merchant_uid=merchant_uid))["imp_uid"] == paid


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"checksum": 999}, 1),
        ({"checksum": 0}, 1),
        ({"amount": 1001}, 1),
        ({"amount": -1}, 1),
        ({"amount": 0.5}, 1),
        ({"amount": "much"}, 1),
    ],
)
def test_a_refused_cancel_changes_nothing(simulator: SimulatorClient, wish: dict[str, Any], code: int) -> None:
    imp_uid = simulator.paid(amount=1000)

    assert refusal(simulator.cancel(imp_uid=imp_uid, **wish))[0] == code
    assert simulator.get(f"/payments/{imp_uid}")["cancel_amount"] == 0


def test_neither_uid(simulator: SimulatorClient) -> None:
    code, message = refusal(simulator.cancel(reason="?"))

    assert (code, message.endswith("지정해주셔야합니다.")) == (1, True)


@pytest.mark.parametrize("action", [None, "decline", "abandon"])
def test_what_was_not_paid_cannot_be_cancelled(simulator: SimulatorClient, action: str | None) -> None:
    imp_uid = simulator.opened()
    if action:
        simulator.act(imp_uid, action)

    assert refusal(simulator.cancel(imp_uid=imp_uid))[0] == 1


def test_a_deposit_goes_back_to_a_named_account(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(pay_method="vbank")

    assert refusal(simulator.cancel(imp_uid=imp_uid))[0] == 1
    assert accepted(simulator.cancel(imp_uid=imp_uid, **ACCOUNT))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("pg", "right", "wrong"),
    [("html5_inicis", "88", "088"), ("kcp", "BK88", "88"), ("tosspayments", "088", "88"), ("nice_v2", "088", "092")],
)
def test_each_pg_spells_banks_its_own_way(simulator: SimulatorClient, pg: str, right: str, wrong: str) -> None:
    imp_uid = simulator.opened(pay_method="vbank", pg=pg, vbank_due="2099-12-31")
    simulator.act(imp_uid, "approve")
    simulator.act(imp_uid, "deposit")

    assert refusal(simulator.cancel(imp_uid=imp_uid, **{**ACCOUNT, "refund_bank": wrong}))[0] == -1
    assert accepted(simulator.cancel(imp_uid=imp_uid, **{**ACCOUNT, "refund_bank": right}))["cancel_amount"] == 1000


def test_test_deposits_may_not_be_refundable(simulator: SimulatorClient) -> None:
    simulator.settings(sandbox_vbank_refund="refused")
    imp_uid = simulator.paid(pay_method="vbank", sandbox=True)

    assert refusal(simulator.cancel(imp_uid=imp_uid, **ACCOUNT)) == (-1, "요청하신 건에 대해 입금된 내역이 없습니다")


def test_a_phone_payment_is_refunded_in_its_own_month_only(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(pay_method="phone")
    simulator.control("POST", "/clock", {"advance": 31 * 86400})

    assert refusal(simulator.cancel(imp_uid=imp_uid))[0] == -1


def test_a_phone_payment_is_refunded_in_full_at_most_pgs(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(pay_method="phone", pg="danal_tpay")

    assert refusal(simulator.cancel(imp_uid=imp_uid, amount=1))[0] == -1
    assert accepted(simulator.cancel(imp_uid=imp_uid))["cancel_amount"] == 1000


def test_ksnet_allows_nine_parts(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(pg="ksnet")
    codes = [simulator.cancel(imp_uid=imp_uid, amount=1).json()["code"] for _ in range(10)]

    assert codes == [0] * 9 + [-1]


def test_naverpay_wants_a_reason(simulator: SimulatorClient) -> None:
    product = {"categoryType": "PRODUCT", "categoryId": "GENERAL", "uid": "1", "name": "귤", "count": 1}
    assert "naverProducts" in simulator.refused(merchant_uid="no products", amount=1000, pg="naverpay")["error_msg"]
    imp_uid = simulator.paid(pg="naverpay", naverProducts=[product])

    assert refusal(simulator.cancel(imp_uid=imp_uid))[0] == 1
    assert refusal(simulator.cancel(imp_uid=imp_uid, reason="변심", extra={"requester": "shop"}))[0] == 1
    assert (
        accepted(simulator.cancel(imp_uid=imp_uid, reason="변심", extra={"requester": "customer"}))["status"]
        == "cancelled"
    )


def test_an_injected_refusal_of_the_pg(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid()
    simulator.faults({"kind": "pg_refusal", "endpoint": "payments.cancel", "message": "PG 점검중", "times": 1})

    assert refusal(simulator.cancel(imp_uid=imp_uid)) == (-1, "PG 점검중")
    assert accepted(simulator.cancel(imp_uid=imp_uid))["status"] == "cancelled"


def test_what_the_pg_cancelled_alone_portone_cannot_cancel(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid()
    simulator.act(imp_uid, "pg-cancel")

    assert simulator.get(f"/payments/{imp_uid}")["status"] == "paid"
    code, message = refusal(simulator.cancel(imp_uid=imp_uid))
    assert (code, "기 취소 거래" in message) == (-1, True)


def test_an_api_cancel_sends_a_webhook_only_on_request(simulator: SimulatorClient, shop: Shop) -> None:
    imp_uid = simulator.paid(amount=1000)
    simulator.webhooks()
    accepted(simulator.cancel(imp_uid=imp_uid, amount=100))
    done = accepted(simulator.cancel(imp_uid=imp_uid, amount=100, enable_webhook=True))
    simulator.webhooks()

    assert shop.statuses() == ["paid", "cancelled"]
    assert shop.received[1]["body"]["cancellation_id"] == done["cancel_history"][1]["cancellation_id"]


def test_a_payment_without_webhooks_gets_none_for_its_cancel(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(webhook_url=None)
    imp_uid = simulator.paid()
    simulator.settings(webhook_url=shop.url)
    accepted(simulator.cancel(imp_uid=imp_uid, enable_webhook=True))

    assert simulator.webhooks() == []


def test_cancels_in_the_console_send_webhooks(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(partial_cancel_status="paid")
    imp_uid = simulator.paid(amount=1000)
    simulator.webhooks()
    callback = simulator.act(imp_uid, "console-cancel", amount=300, reason="품절")
    simulator.webhooks()

    assert (callback["status"], simulator.shown(imp_uid)["cancel_amount"]) == ("paid", 300)
    assert shop.received[1]["body"]["status"] == "cancelled"
    assert shop.received[1]["body"]["cancellation_id"]


def test_the_console_gets_portones_refusals(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(amount=1000)
    problem = simulator.control("POST", f"/payments/{imp_uid}/console-cancel", {"amount": 1001}, expect=409)

    assert problem["error"]
