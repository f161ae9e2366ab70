"""The payment window: the buyer's actions and the browser's results."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.portone_simulator.clients import Shop, SimulatorClient, order_id


def test_an_opened_window_is_a_ready_payment(simulator: SimulatorClient) -> None:
    payment = simulator.shown(simulator.opened(amount=15400, buyer_name="김하나", custom_data={"member": 42}))

    assert re.fullmatch(r"imp_\d{12}", payment["imp_uid"])
    assert (payment["status"], payment["amount"], payment["paid_at"]) == ("ready", 15400, 0)
    assert payment["started_at"] > 0
    assert payment["custom_data"] == '{"member": 42}'


def test_approval_is_payment(simulator: SimulatorClient) -> None:
    imp_uid = simulator.opened()
    callback = simulator.act(imp_uid, "approve")
    payment = simulator.get(f"/payments/{imp_uid}")

    assert callback == {"imp_uid": imp_uid, "merchant_uid": payment["merchant_uid"], "status": "paid"}
    assert (payment["status"], payment["failed_at"], payment["cancelled_at"]) == ("paid", 0, 0)
    assert payment["paid_at"] >= payment["started_at"]
    assert payment["card_number"]


@pytest.mark.parametrize("real", [{"amount": 10}, {"currency": "USD"}])
def test_the_pg_may_have_taken_other_money(simulator: SimulatorClient, real: dict[str, object]) -> None:
    imp_uid = simulator.opened()
    simulator.act(imp_uid, "approve", **real)
    payment = simulator.shown(imp_uid)

    assert {key: payment[key] for key in real} == real


def test_a_decline_is_stored_with_its_reason(simulator: SimulatorClient) -> None:
    imp_uid = simulator.opened()
    callback = simulator.act(imp_uid, "decline", reason="한도초과")
    payment = simulator.shown(imp_uid)

    assert (callback["status"], callback["error_msg"]) == ("failed", "한도초과")
    assert (payment["fail_reason"], payment["paid_at"]) == ("한도초과", 0)
    assert payment["failed_at"] > 0


@pytest.mark.parametrize(
    ("action", "store_failed", "status"),
    [("abandon", None, "ready"), ("decline", False, "ready"), ("abandon", True, "failed")],
)
def test_an_abandoned_window_may_stay_ready(
    simulator: SimulatorClient, action: str, store_failed: bool | None, status: str
) -> None:
    imp_uid = simulator.opened()
    callback = simulator.act(imp_uid, action, **({} if store_failed is None else {"store_failed": store_failed}))

    assert (callback["status"], "error_code" in callback) == (status, True)


@pytest.mark.parametrize("leave", ["decline", "abandon"])
def test_a_late_approval(simulator: SimulatorClient, leave: str) -> None:
    imp_uid = simulator.opened()
    simulator.act(imp_uid, leave)
    simulator.control("POST", f"/payments/{imp_uid}/approve", {}, expect=409)
    simulator.act(imp_uid, "late-approve")
    payment = simulator.shown(imp_uid)

    assert (payment["status"], payment["fail_reason"], payment["failed_at"]) == ("paid", None, 0)


def test_a_paid_order_is_refused_up_front(simulator: SimulatorClient) -> None:
    merchant_uid = order_id()
    simulator.paid(merchant_uid=merchant_uid)
    refused = simulator.refused(merchant_uid=merchant_uid, amount=1000)

    assert refused == {
        "imp_uid": None,
        "merchant_uid": merchant_uid,
        "error_code": "F1002",
        "error_msg": "이미 결제가 이루어진 거래건입니다.",
    }


@pytest.mark.parametrize(("switch", "http"), [("refused", 409), ("allowed", 201)])
def test_an_order_given_back_in_full_may_be_paid_again_on_request(
    simulator: SimulatorClient, switch: str, http: int
) -> None:
    simulator.settings(reuse_cancelled_uid=switch)
    merchant_uid = order_id()
    simulator.cancel(imp_uid=simulator.paid(merchant_uid=merchant_uid))

    simulator.control("POST", "/payments", {"merchant_uid": merchant_uid, "amount": 1000}, expect=http)


@pytest.mark.parametrize(("switch", "second"), [("allowed", "paid"), ("refused", "failed")])
def test_two_windows_opened_before_either_is_paid(simulator: SimulatorClient, switch: str, second: str) -> None:
    simulator.settings(second_approval=switch)
    merchant_uid = order_id()
    first, other = simulator.opened(merchant_uid=merchant_uid), simulator.opened(merchant_uid=merchant_uid)
    simulator.act(first, "approve")

    assert simulator.act(other, "approve")["status"] == second


def test_an_order_id_of_41_characters_is_refused(simulator: SimulatorClient) -> None:
    assert simulator.refused(merchant_uid="a" * 41, amount=1)["imp_uid"] is None


@pytest.mark.parametrize(("imp_success", "word"), [(True, ["true"]), (False, None)])
def test_mobile_browsers_are_redirected(simulator: SimulatorClient, imp_success: bool, word: list[str] | None) -> None:
    simulator.settings(imp_success=imp_success)
    imp_uid = simulator.opened(m_redirect_url="https://shop.example/done?lang=ko")
    redirect = urlsplit(simulator.act(imp_uid, "approve")["redirect_url"])
    query = parse_qs(redirect.query)

    assert (redirect.netloc, query["lang"], query["imp_uid"]) == ("shop.example", ["ko"], [imp_uid])
    assert query.get("imp_success") == word


def test_a_redirect_tells_the_error(simulator: SimulatorClient) -> None:
    imp_uid = simulator.opened(m_redirect_url="https://shop.example/done")
    query = parse_qs(urlsplit(simulator.act(imp_uid, "decline", reason="한도초과")["redirect_url"]).query)

    assert query["error_msg"] == ["한도초과"]


def test_old_modules_hand_over_more(simulator: SimulatorClient) -> None:
    simulator.settings(legacy_callback=True)
    callback = simulator.act(simulator.opened(amount=700), "approve")

    assert (callback["success"], callback["paid_amount"]) == (True, 700)


@pytest.mark.parametrize("pg", ["ksnet", "nice_v2"])
def test_some_pgs_open_no_account_window_without_a_deadline(simulator: SimulatorClient, pg: str) -> None:
    order = {"merchant_uid": order_id(), "amount": 1, "pay_method": "vbank", "pg": pg}

    assert "vbank_due" in simulator.refused(**order)["error_msg"]


def test_an_injected_refusal_of_the_pg(simulator: SimulatorClient) -> None:
    simulator.faults({"kind": "pg_refusal", "endpoint": "window.approve", "message": "도난카드", "times": 1})

    assert simulator.act(simulator.opened(), "approve")["error_msg"] == "도난카드"
    assert simulator.act(simulator.opened(), "approve")["status"] == "paid"


def test_the_shop_is_asked_before_the_approval(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(webhook_url=None)
    imp_uid = simulator.opened(confirm_url=shop.url, amount=1000)
    callback = simulator.act(imp_uid, "approve", amount=1)

    assert callback["status"] == "paid"
    assert shop.received[0]["body"] == {"imp_uid": imp_uid, "merchant_uid": callback["merchant_uid"], "amount": 1}


@pytest.mark.parametrize(("body", "detail"), [({"reason": "품절"}, "품절"), ({}, "알 수 없음")])
def test_the_shop_may_refuse(simulator: SimulatorClient, shop: Shop, body: dict[str, str], detail: str) -> None:
    shop.answer(409, **body)
    imp_uid = simulator.opened(confirm_url=shop.url)
    callback = simulator.act(imp_uid, "approve")

    assert callback["error_msg"] == f"고객사 요청에 의해 결제를 중단합니다. (상세사유 : {detail})"
    assert simulator.webhooks() == []


def test_a_confirmation_timeout_is_a_refusal(simulator: SimulatorClient, shop: Shop) -> None:
    simulator.settings(confirm_url=shop.url, confirm_timeout=1)
    shop.may_answer.clear()

    assert simulator.act(simulator.opened(), "approve")["status"] == "failed"
