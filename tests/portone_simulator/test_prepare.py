"""Registering an amount, and what the payment window makes of it."""

import pytest

from tests.portone_simulator.clients import Desk, accepted, refusal

PREPARED = {"merchant_uid": "주문-1", "amount": 15400, "currency": None}


def prepare(desk: Desk, **changes: object) -> None:
    accepted(desk.call("POST", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 15400, **changes}))


def test_what_was_registered_is_shown(desk: Desk) -> None:
    prepare(desk)

    assert desk.get("/payments/prepare/주문-1") == PREPARED


def test_forms_carry_numbers_as_text(desk: Desk) -> None:
    answer = desk.call("POST", "/payments/prepare/", data={"merchant_uid": "주문-1", "amount": "15400"})

    assert accepted(answer) == PREPARED


def test_registering_twice_is_refused_with_http_200(desk: Desk) -> None:
    prepare(desk)
    again = desk.call("POST", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 1})

    assert refusal(again) == (1, "결제정보 사전등록에 실패하였습니다(이미 등록된 merchant_uid입니다).")
    assert desk.get("/payments/prepare/주문-1") == PREPARED


def test_the_amount_can_be_changed(desk: Desk) -> None:
    prepare(desk)
    accepted(desk.call("PUT", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 9000}))

    assert desk.get("/payments/prepare/주문-1")["amount"] == 9000


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_orders_are_404(desk: Desk, method: str) -> None:
    path = "/payments/prepare/none" if method == "GET" else "/payments/prepare"
    answer = desk.call(method, path, json={"merchant_uid": "none", "amount": 1})

    assert refusal(answer, 404) == (-1, "사전등록된 결제정보가 존재하지 않습니다.")


@pytest.mark.parametrize("amount", [-1, 10.5, "ten", None, True, [1], {"a": 1}, "1e400"])
def test_amounts_that_are_no_money_are_refused(desk: Desk, amount: object) -> None:
    answer = desk.call("POST", "/payments/prepare", json={"merchant_uid": "a", "amount": amount})

    assert refusal(answer)[0] == 1


@pytest.mark.parametrize(
    ("registered", "order"),
    [({}, {"amount": 100}), ({"currency": "USD"}, {"amount": 15400}), ({"currency": "KRW"}, {"amount": 15401})],
)
def test_the_window_refuses_other_money(desk: Desk, registered: dict[str, str], order: dict[str, int]) -> None:
    prepare(desk, **registered)
    blocked = desk.refused(merchant_uid="주문-1", **order)

    assert blocked["imp_uid"] is None
    assert blocked["error_code"] == "F0409"
    assert desk.control("GET", "/payments")["payments"] == []


def test_the_window_opens_for_the_registered_money(desk: Desk) -> None:
    prepare(desk, currency="KRW")

    assert desk.shown(desk.opened(merchant_uid="주문-1", amount=15400))["status"] == "ready"


@pytest.mark.parametrize(("consumed", "http"), [(False, 200), (True, 404)])
def test_a_registration_is_used_up_only_on_request(desk: Desk, consumed: bool, http: int) -> None:
    desk.settings(prepare_consumed=consumed)
    prepare(desk)
    desk.paid(merchant_uid="주문-1", amount=15400)

    assert desk.call("GET", "/payments/prepare/주문-1").status_code == http
