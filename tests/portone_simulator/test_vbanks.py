"""Virtual accounts: issued in the window or over REST, paid into, changed, withdrawn, forgotten."""

from typing import Any

import pytest

from tests.portone_simulator.clients import Desk, Shop, accepted, order_id, refusal

KEY = {"pg_api_key": "inicis_apikey"}
"""Of KG Inicis, which serves every order here that names no other PG."""


def body(desk: Desk, **changes: Any) -> dict[str, Any]:
    due = int(desk.control("GET", "/clock")["now"]) + 86400
    return {"merchant_uid": order_id(), "amount": 22000, "vbank_code": "088", "vbank_due": due, **changes}


def issued(desk: Desk, **changes: Any) -> dict[str, Any]:
    payment: dict[str, Any] = accepted(desk.call("POST", "/vbanks", params=KEY, json=body(desk, **changes)))
    return payment


def test_a_window_hands_out_an_account(desk: Desk, shop: Shop) -> None:
    imp_uid = desk.opened(pay_method="vbank", vbank_due="2099-12-31")
    callback = desk.act(imp_uid, "approve")
    payment = desk.get(f"/payments/{imp_uid}")
    desk.webhooks()

    assert callback["status"] == payment["status"] == "ready"
    assert "error_code" not in callback
    assert payment["vbank_num"]
    assert payment["vbank_issued_at"] > 0
    assert payment["vbank_date"] == 4102412399  # 2099-12-31 23:59:59 in Seoul.
    assert shop.statuses() == ["ready"]


@pytest.mark.parametrize("given", ["20991231", "2099-12-31 23:59:59", "20991231235959", 4102412399])
def test_deadlines_come_in_several_forms(desk: Desk, given: object) -> None:
    imp_uid = desk.opened(pay_method="vbank", vbank_due=given)
    desk.act(imp_uid, "issue")

    assert desk.shown(imp_uid)["vbank_date"] == 4102412399


def test_a_deposit_pays(desk: Desk, shop: Shop) -> None:
    imp_uid = desk.opened(pay_method="vbank")
    desk.act(imp_uid, "issue")
    desk.webhooks()
    callback = desk.act(imp_uid, "deposit", depositor="김하나")
    desk.webhooks()

    assert callback["status"] == "paid"
    assert desk.shown(imp_uid)["behind"]["depositor"] == "김하나"
    assert shop.statuses() == ["ready", "paid"]


def test_an_account_takes_the_exact_sum_unless_told_otherwise(desk: Desk) -> None:
    imp_uid = desk.opened(pay_method="vbank", amount=1000)
    desk.act(imp_uid, "issue")
    desk.control("POST", f"/payments/{imp_uid}/deposit", {"amount": 999}, expect=409)
    desk.settings(vbank_deposit="any")
    desk.act(imp_uid, "deposit", amount=999)

    assert desk.shown(imp_uid)["amount"] == 999


@pytest.mark.parametrize(("switch", "http", "status"), [("accepted", 200, "paid"), ("refused", 409, "ready")])
def test_a_deadline_passes_silently(desk: Desk, shop: Shop, switch: str, http: int, status: str) -> None:
    desk.settings(late_deposit=switch, webhook_url=None)
    imp_uid = desk.opened(pay_method="vbank")
    desk.act(imp_uid, "issue", due=int(desk.control("GET", "/clock")["now"]) + 60)
    desk.control("POST", "/clock", {"advance": 3600})

    assert (desk.shown(imp_uid)["status"], shop.letters) == ("ready", [])
    desk.control("POST", f"/payments/{imp_uid}/deposit", {}, expect=http)
    assert desk.shown(imp_uid)["status"] == status


def test_an_account_over_rest(desk: Desk, shop: Shop) -> None:
    payment = issued(desk, vbank_holder="동호회", notice_url=[f"{shop.url}/own"])
    desk.act(payment["imp_uid"], "deposit")
    desk.webhooks()

    assert (payment["status"], payment["channel"], payment["vbank_holder"]) == ("ready", "api", "동호회")
    assert {letter["path"] for letter in shop.letters} == {"/webhook/own"}


@pytest.mark.parametrize(
    "wrong", [{"vbank_code": "999"}, {"vbank_due": 1}, {"vbank_due": None}, {"amount": None}, {"merchant_uid": None}]
)
def test_refusals_over_rest_are_http_200(desk: Desk, wrong: dict[str, object]) -> None:
    assert refusal(desk.call("POST", "/vbanks", json=body(desk, **wrong)))[0] == 1


def test_no_account_for_a_paid_order_nor_without_a_contract(desk: Desk) -> None:
    merchant_uid = order_id()
    desk.paid(merchant_uid=merchant_uid)
    assert refusal(desk.call("POST", "/vbanks", json=body(desk, merchant_uid=merchant_uid)))[0] == 1

    desk.settings(vbank_api_contract=False)
    assert refusal(desk.call("POST", "/vbanks", json=body(desk)))[1].endswith("계약이 필요합니다.")


def test_a_waiting_account_can_be_changed(desk: Desk) -> None:
    imp_uid = issued(desk)["imp_uid"]
    payment = accepted(desk.call("PUT", f"/vbanks/{imp_uid}", data={"amount": "30000", "vbank_due": "4102412399"}))

    assert (payment["status"], payment["amount"], payment["vbank_date"]) == ("ready", 30000, 4102412399)


def test_only_hecto_changes_accounts_if_one_wants_it_strict(desk: Desk) -> None:
    desk.settings(vbank_change="settle")

    assert desk.call("PUT", f"/vbanks/{issued(desk)['imp_uid']}", json={"amount": 1}).status_code == 400
    assert desk.call("PUT", f"/vbanks/{issued(desk, pg='settle')['imp_uid']}", json={"amount": 1}).status_code == 200


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_withdrawn_account_takes_no_money(desk: Desk, shop: Shop, status: str) -> None:
    desk.settings(revoked_vbank_status=status, webhook_url=None)
    imp_uid = issued(desk)["imp_uid"]
    payment = accepted(desk.call("DELETE", f"/vbanks/{imp_uid}", params=KEY))

    assert (payment["status"], payment["cancel_amount"], payment["paid_at"]) == (status, 0, 0)
    assert shop.letters == []
    desk.control("POST", f"/payments/{imp_uid}/deposit", {}, expect=409)


@pytest.mark.parametrize("query", [{}, {"pg_api_key": ""}, {"pg_api_key": "another"}])
def test_inicis_withdraws_with_its_own_key_only(desk: Desk, query: dict[str, str]) -> None:
    imp_uid = desk.opened(pay_method="vbank")
    desk.act(imp_uid, "issue")

    assert refusal(desk.call("DELETE", f"/vbanks/{imp_uid}", params=query)) == (-1, "hashData 불일치")
    assert desk.shown(imp_uid)["status"] == "ready"
    in_the_body = desk.call("DELETE", f"/vbanks/{imp_uid}", json=KEY)
    assert refusal(in_the_body)[1] == "hashData 불일치", "PortOne reads it from the query"
    assert accepted(desk.call("DELETE", f"/vbanks/{imp_uid}", params=KEY))["status"] == "cancelled"


def test_inicis_issues_over_rest_with_its_own_key_only(desk: Desk) -> None:
    order = body(desk)

    assert refusal(desk.call("POST", "/vbanks", json=order)) == (-1, "hashData 불일치")
    assert accepted(desk.call("POST", "/vbanks", params=KEY, json=order))["pg_provider"] == "html5_inicis"


def test_the_key_is_a_switch_and_no_note_of_a_call_has_it(desk: Desk) -> None:
    desk.settings(inicis_api_key="of another shop")
    imp_uid = desk.opened(pay_method="vbank")
    desk.act(imp_uid, "issue")
    accepted(desk.call("DELETE", f"/vbanks/{imp_uid}", params={"pg_api_key": "of another shop"}))

    (call,) = desk.control("GET", f"/calls?path=/vbanks/{imp_uid}")["calls"]
    assert (call["endpoint"], call["status"]) == ("vbanks.revoke", 200)
    assert "of another shop" not in str(call)
    assert "pg_api_key" not in str(call)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_waiting_accounts_change(desk: Desk, method: str) -> None:
    for imp_uid in (desk.paid(), desk.paid(pay_method="vbank"), desk.opened(pay_method="vbank")):
        assert refusal(desk.call(method, f"/vbanks/{imp_uid}", json={"amount": 1}), 400)[0] == 1
    assert desk.call(method, "/vbanks/imp_000000000000").status_code == 404


@pytest.mark.parametrize(
    ("number", "code", "http"), [("110", "088", 200), ("111", "088", 404), ("110", "000", 400), ("", "088", 400)]
)
def test_whose_account(desk: Desk, number: str, code: str, http: int) -> None:
    answer = desk.call("GET", "/vbanks/holder", params={"bank_num": number, "bank_code": code})

    assert answer.status_code == http
