"""Code tables, channels, and what this account does not have."""

import pytest

from tests.portone_simulator.clients import SimulatorClient, refusal


@pytest.mark.parametrize(("path", "name"), [("/banks/088", "신한은행"), ("/cards/361", "BC카드")])
def test_a_code_and_its_name(simulator: SimulatorClient, path: str, name: str) -> None:
    table, code = path.rsplit("/", 1)

    assert simulator.get(path) == {"code": code, "name": name}
    assert simulator.get(path) in simulator.get(table)


@pytest.mark.parametrize("path", ["/banks/999", "/cards/000"])
def test_unknown_codes(simulator: SimulatorClient, path: str) -> None:
    assert refusal(simulator.call("GET", path), 404)[0] == -1


def test_channels(simulator: SimulatorClient) -> None:
    assert {"html5_inicis", "kakaopay"} <= {channel["pg_provider"] for channel in simulator.get("/users/pg")}


@pytest.mark.parametrize(("switch", "http", "code"), [("refusal", 200, 1), ("not_found", 404, -1)])
def test_an_unknown_billing_key(simulator: SimulatorClient, switch: str, http: int, code: int) -> None:
    simulator.settings(unknown_customer=switch)

    assert refusal(simulator.call("GET", "/subscribe/customers/구매자"), http)[0] == code


@pytest.mark.parametrize("code", [-1, 1])
def test_a_charge_on_an_unknown_billing_key(simulator: SimulatorClient, code: int) -> None:
    simulator.settings(unknown_customer_code=code)

    assert refusal(simulator.call("POST", "/subscribe/payments/again", json={})) == (
        code,
        "등록되지 않은 구매자입니다.",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/subscribe/payments/schedule",
        "/subscribe/payments/schedule/customers/x",
        "/subscribe/customers/x/schedules",
    ],
)
def test_lists_of_schedules_are_arrays(simulator: SimulatorClient, path: str) -> None:
    assert simulator.get(path) == []


def test_a_schedule_cannot_be_moved(simulator: SimulatorClient) -> None:
    answer = simulator.call("PUT", "/subscribe/payments/schedule/order-1", json={"schedule_at": 1})

    assert refusal(answer, 404)[0] == -1
