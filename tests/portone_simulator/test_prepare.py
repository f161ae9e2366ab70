"""Registering an amount, and what the payment window makes of it."""

import pytest

from tests.portone_simulator.clients import SimulatorClient, accepted, refusal

PREPARED = {"merchant_uid": "주문-1", "amount": 15400, "currency": None}


def prepare(simulator: SimulatorClient, **changes: object) -> None:
    accepted(simulator.call("POST", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 15400, **changes}))


def test_what_was_registered_is_shown(simulator: SimulatorClient) -> None:
    prepare(simulator)

    assert simulator.get("/payments/prepare/주문-1") == PREPARED


def test_forms_carry_numbers_as_text(simulator: SimulatorClient) -> None:
    answer = simulator.call("POST", "/payments/prepare/", data={"merchant_uid": "주문-1", "amount": "15400"})

    assert accepted(answer) == PREPARED


def test_registering_twice_is_refused_with_http_200(simulator: SimulatorClient) -> None:
    prepare(simulator)
    again = simulator.call("POST", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 1})

    assert refusal(again) == (1, "결제정보 사전등록에 실패하였습니다(이미 등록된 merchant_uid입니다).")
    assert simulator.get("/payments/prepare/주문-1") == PREPARED


def test_the_amount_can_be_changed(simulator: SimulatorClient) -> None:
    prepare(simulator)
    accepted(simulator.call("PUT", "/payments/prepare", json={"merchant_uid": "주문-1", "amount": 9000}))

    assert simulator.get("/payments/prepare/주문-1")["amount"] == 9000


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_orders_are_404(simulator: SimulatorClient, method: str) -> None:
    path = "/payments/prepare/none" if method == "GET" else "/payments/prepare"
    answer = simulator.call(method, path, json={"merchant_uid": "none", "amount": 1})

    assert refusal(answer, 404) == (-1, "사전등록된 결제정보가 존재하지 않습니다.")


@pytest.mark.parametrize("amount", [-1, 10.5, "ten", None, True, [1], {"a": 1}, "1e400"])
def test_amounts_that_are_no_money_are_refused(simulator: SimulatorClient, amount: object) -> None:
    answer = simulator.call("POST", "/payments/prepare", json={"merchant_uid": "a", "amount": amount})

    assert refusal(answer)[0] == 1


@pytest.mark.parametrize(
    ("registered", "order"),
    [({}, {"amount": 100}), ({"currency": "USD"}, {"amount": 15400}), ({"currency": "KRW"}, {"amount": 15401})],
)
def test_the_window_refuses_other_money(
    simulator: SimulatorClient, registered: dict[str, str], order: dict[str, int]
) -> None:
    prepare(simulator, **registered)
    blocked = simulator.refused(merchant_uid="주문-1", **order)

    assert blocked["imp_uid"] is None
    assert blocked["error_code"] == "F0409"
    assert simulator.control("GET", "/payments")["payments"] == []


def test_the_window_opens_for_the_registered_money(simulator: SimulatorClient) -> None:
    prepare(simulator, currency="KRW")

    assert simulator.shown(simulator.opened(merchant_uid="주문-1", amount=15400))["status"] == "ready"


@pytest.mark.parametrize(("consumed", "http"), [(False, 200), (True, 404)])
def test_a_registration_is_used_up_only_on_request(simulator: SimulatorClient, consumed: bool, http: int) -> None:
    simulator.settings(prepare_consumed=consumed)
    prepare(simulator)
    simulator.paid(merchant_uid="주문-1", amount=15400)

    assert simulator.call("GET", "/payments/prepare/주문-1").status_code == http
