"""Virtual accounts: issued in the window or over REST, paid into, changed, withdrawn, forgotten."""

from typing import Any

import pytest

from tests.portone_simulator.clients import Shop, SimulatorClient, accepted, order_id, refusal

KEY = {"pg_api_key": "inicis_apikey"}
"""Of KG Inicis, which serves every order here that names no other PG."""


def body(simulator: SimulatorClient, **changes: Any) -> dict[str, Any]:
    due = int(simulator.control("GET", "/clock")["now"]) + 86400
    return {"merchant_uid": order_id(), "amount": 22000, "vbank_code": "088", "vbank_due": due, **changes}


def issued(simulator: SimulatorClient, **changes: Any) -> dict[str, Any]:
    payment: dict[str, Any] = accepted(simulator.call("POST", "/vbanks", params=KEY, json=body(simulator, **changes)))
    return payment


def test_a_window_hands_out_an_account(simulator: SimulatorClient, shop: Shop) -> None:
    imp_uid = simulator.opened(pay_method="vbank", vbank_due="2099-12-31")
    callback = simulator.act(imp_uid, "approve")
    payment = simulator.get(f"/payments/{imp_uid}")
    simulator.webhooks()

    assert callback["status"] == payment["status"] == "ready"
    assert "error_code" not in callback
    assert payment["vbank_num"]
    assert payment["vbank_issued_at"] > 0
    assert payment["vbank_date"] == 4102412399  # 2099-12-31 23:59:59 in Seoul.
    assert shop.statuses() == ["ready"]


@pytest.mark.parametrize("given", ["20991231", "2099-12-31 23:59:59", "20991231235959", 4102412399])
def test_deadlines_come_in_several_forms(simulator: SimulatorClient, given: object) -> None:
    imp_uid = simulator.opened(pay_method="vbank", vbank_due=given)
    simulator.act(imp_uid, "issue")

    assert simulator.shown(imp_uid)["vbank_date"] == 4102412399


def test_a_deposit_pays(simulator: SimulatorClient, shop: Shop) -> None:
    imp_uid = simulator.opened(pay_method="vbank")
    simulator.act(imp_uid, "issue")
    simulator.webhooks()
    callback = simulator.act(imp_uid, "deposit", depositor="김하나")
    simulator.webhooks()

    assert callback["status"] == "paid"
    assert simulator.shown(imp_uid)["behind"]["depositor"] == "김하나"
    assert shop.statuses() == ["ready", "paid"]


def test_an_account_accepts_only_the_exact_amount_by_default(simulator: SimulatorClient) -> None:
    imp_uid = simulator.opened(pay_method="vbank", amount=1000)
    simulator.act(imp_uid, "issue")
    simulator.control("POST", f"/payments/{imp_uid}/deposit", {"amount": 999}, expect=409)
    simulator.settings(vbank_deposit="any")
    simulator.act(imp_uid, "deposit", amount=999)

    assert simulator.shown(imp_uid)["amount"] == 999


@pytest.mark.parametrize(("switch", "http", "status"), [("accepted", 200, "paid"), ("refused", 409, "ready")])
def test_a_deadline_passes_silently(
    simulator: SimulatorClient, shop: Shop, switch: str, http: int, status: str
) -> None:
    simulator.settings(late_deposit=switch, webhook_url=None)
    imp_uid = simulator.opened(pay_method="vbank")
    simulator.act(imp_uid, "issue", due=int(simulator.control("GET", "/clock")["now"]) + 60)
    simulator.control("POST", "/clock", {"advance": 3600})

    assert (simulator.shown(imp_uid)["status"], shop.received) == ("ready", [])
    simulator.control("POST", f"/payments/{imp_uid}/deposit", {}, expect=http)
    assert simulator.shown(imp_uid)["status"] == status


def test_an_account_over_rest(simulator: SimulatorClient, shop: Shop) -> None:
    payment = issued(simulator, vbank_holder="동호회", notice_url=[f"{shop.url}/own"])
    simulator.act(payment["imp_uid"], "deposit")
    simulator.webhooks()

    assert (payment["status"], payment["channel"], payment["vbank_holder"]) == ("ready", "api", "동호회")
    assert {webhook["path"] for webhook in shop.received} == {"/webhook/own"}


@pytest.mark.parametrize(
    "wrong", [{"vbank_code": "999"}, {"vbank_due": 1}, {"vbank_due": None}, {"amount": None}, {"merchant_uid": None}]
)
def test_refusals_over_rest_are_http_200(simulator: SimulatorClient, wrong: dict[str, object]) -> None:
    assert refusal(simulator.call("POST", "/vbanks", json=body(simulator, **wrong)))[0] == 1


def test_no_account_for_a_paid_order_nor_without_a_contract(simulator: SimulatorClient) -> None:
    merchant_uid = order_id()
    simulator.paid(merchant_uid=merchant_uid)
    assert refusal(simulator.call("POST", "/vbanks", json=body(simulator, merchant_uid=merchant_uid)))[0] == 1

    simulator.settings(vbank_api_contract=False)
    assert refusal(simulator.call("POST", "/vbanks", json=body(simulator)))[1].endswith("계약이 필요합니다.")


def test_a_waiting_account_can_be_changed(simulator: SimulatorClient) -> None:
    imp_uid = issued(simulator)["imp_uid"]
    payment = accepted(simulator.call("PUT", f"/vbanks/{imp_uid}", data={"amount": "30000", "vbank_due": "4102412399"}))

    assert (payment["status"], payment["amount"], payment["vbank_date"]) == ("ready", 30000, 4102412399)


def test_only_hecto_changes_accounts_if_one_wants_it_strict(simulator: SimulatorClient) -> None:
    simulator.settings(vbank_change="settle")

    assert simulator.call("PUT", f"/vbanks/{issued(simulator)['imp_uid']}", json={"amount": 1}).status_code == 400
    assert (
        simulator.call("PUT", f"/vbanks/{issued(simulator, pg='settle')['imp_uid']}", json={"amount": 1}).status_code
        == 200
    )


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_withdrawn_account_takes_no_money(simulator: SimulatorClient, shop: Shop, status: str) -> None:
    simulator.settings(revoked_vbank_status=status, webhook_url=None)
    imp_uid = issued(simulator)["imp_uid"]
    payment = accepted(simulator.call("DELETE", f"/vbanks/{imp_uid}", params=KEY))

    assert (payment["status"], payment["cancel_amount"], payment["paid_at"]) == (status, 0, 0)
    assert shop.received == []
    simulator.control("POST", f"/payments/{imp_uid}/deposit", {}, expect=409)


@pytest.mark.parametrize("query", [{}, {"pg_api_key": ""}, {"pg_api_key": "another"}])
def test_inicis_withdraws_with_its_own_key_only(simulator: SimulatorClient, query: dict[str, str]) -> None:
    imp_uid = simulator.opened(pay_method="vbank")
    simulator.act(imp_uid, "issue")

    assert refusal(simulator.call("DELETE", f"/vbanks/{imp_uid}", params=query)) == (-1, "hashData 불일치")
    assert simulator.shown(imp_uid)["status"] == "ready"
    in_the_body = simulator.call("DELETE", f"/vbanks/{imp_uid}", json=KEY)
    assert refusal(in_the_body)[1] == "hashData 불일치", "PortOne reads it from the query"
    assert accepted(simulator.call("DELETE", f"/vbanks/{imp_uid}", params=KEY))["status"] == "cancelled"


def test_inicis_issues_over_rest_with_its_own_key_only(simulator: SimulatorClient) -> None:
    order = body(simulator)

    assert refusal(simulator.call("POST", "/vbanks", json=order)) == (-1, "hashData 불일치")
    assert accepted(simulator.call("POST", "/vbanks", params=KEY, json=order))["pg_provider"] == "html5_inicis"


def test_the_key_is_a_switch_and_no_note_of_a_call_has_it(simulator: SimulatorClient) -> None:
    simulator.settings(inicis_api_key="of another shop")
    imp_uid = simulator.opened(pay_method="vbank")
    simulator.act(imp_uid, "issue")
    accepted(simulator.call("DELETE", f"/vbanks/{imp_uid}", params={"pg_api_key": "of another shop"}))

    (call,) = simulator.control("GET", f"/calls?path=/vbanks/{imp_uid}")["calls"]
    assert (call["endpoint"], call["status"]) == ("vbanks.revoke", 200)
    assert "of another shop" not in str(call)
    assert "pg_api_key" not in str(call)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_waiting_accounts_change(simulator: SimulatorClient, method: str) -> None:
    for imp_uid in (simulator.paid(), simulator.paid(pay_method="vbank"), simulator.opened(pay_method="vbank")):
        assert refusal(simulator.call(method, f"/vbanks/{imp_uid}", json={"amount": 1}), 400)[0] == 1
    assert simulator.call(method, "/vbanks/imp_000000000000").status_code == 404


@pytest.mark.parametrize(
    ("number", "code", "http"), [("110", "088", 200), ("111", "088", 404), ("110", "000", 400), ("", "088", 400)]
)
def test_whose_account(simulator: SimulatorClient, number: str, code: str, http: int) -> None:
    answer = simulator.call("GET", "/vbanks/holder", params={"bank_num": number, "bank_code": code})

    assert answer.status_code == http


def test_the_pg_may_refuse_a_withdrawal(simulator: SimulatorClient) -> None:
    imp_uid = simulator.opened(pay_method="vbank")
    simulator.act(imp_uid, "issue")
    simulator.faults({"kind": "pg_refusal", "endpoint": "vbanks.revoke", "message": "PG 점검중", "times": 1})

    assert refusal(simulator.call("DELETE", f"/vbanks/{imp_uid}", params=KEY)) == (-1, "PG 점검중")
    assert simulator.shown(imp_uid)["status"] == "ready"
    assert accepted(simulator.call("DELETE", f"/vbanks/{imp_uid}", params=KEY))["status"] == "cancelled"
