"""Faults of `GET /payments`: entries that are missing, old, in another order, or wrong."""

from typing import Any

import pytest

from tests.portone_simulator.clients import SimulatorClient, refusal

ORDERS = ["a", "b", "c"]


def asked(simulator: SimulatorClient, fault: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """The answer about three paid orders, with this fault: its status and its entries."""
    for order in ORDERS:
        simulator.paid(merchant_uid=order)
    simulator.faults({"endpoint": "payments.list", **fault})
    answer = simulator.call("GET", "/payments", params={"merchant_uid[]": ORDERS})
    return answer.status_code, answer.json()["response"]


def test_orders_are_left_out(simulator: SimulatorClient) -> None:
    status, entries = asked(simulator, {"kind": "left_out", "merchant_uid": "b"})
    assert (status, {entry["merchant_uid"] for entry in entries}) == (207, {"a", "c"})


def test_all_orders_are_left_out(simulator: SimulatorClient) -> None:
    simulator.paid(merchant_uid="a")
    simulator.faults({"kind": "left_out"})
    assert refusal(simulator.call("GET", "/payments?merchant_uid[]=a"), 404) == (-1, "존재하지 않는 결제정보입니다.")


def test_an_older_attempt_is_listed(simulator: SimulatorClient) -> None:
    older = simulator.opened(merchant_uid="a")
    status, entries = asked(simulator, {"kind": "older_attempt", "merchant_uid": "a"})
    assert status == 200
    assert [entry["imp_uid"] for entry in entries if entry["merchant_uid"] == "a"] == [older]
    assert {entry["merchant_uid"] for entry in entries} == set(ORDERS)


def test_an_amount_is_wrong(simulator: SimulatorClient) -> None:
    _, entries = asked(simulator, {"kind": "wrong_amount", "merchant_uid": "b"})
    assert {entry["merchant_uid"]: entry["amount"] for entry in entries} == {"a": 1000, "b": 1100, "c": 1000}


@pytest.mark.parametrize(("concerned", "named"), [("a", {"b", "c"}), (None, {"order-of-somebody-else"})])
def test_a_payment_is_listed_under_another_order(
    simulator: SimulatorClient, concerned: str | None, named: set[str]
) -> None:
    status, entries = asked(simulator, {"kind": "wrong_order", "merchant_uid": concerned})
    assert {entry["merchant_uid"] for entry in entries} == named
    assert status == 207


def test_entries_come_in_any_order(simulator: SimulatorClient) -> None:
    asked(simulator, {"kind": "reordered"})
    simulator.faults({"kind": "reordered"})
    query = {"merchant_uid[]": ORDERS}
    seen = {tuple(entry["merchant_uid"] for entry in simulator.get("/payments", params=query)) for _ in range(60)}
    assert len(seen) > 1
    assert {frozenset(order) for order in seen} == {frozenset(ORDERS)}


def test_what_is_no_list_stays(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid()
    simulator.faults({"kind": "left_out"}, {"kind": "wrong_amount"})
    assert simulator.get(f"/payments/{imp_uid}")["amount"] == 1000


def test_calls_are_counted_by_generation(simulator: SimulatorClient) -> None:
    simulator.control("DELETE", "/calls")
    simulator.call("GET", "/payments?merchant_uid[]=none")
    simulator.http.get(f"{simulator.running.url}/v2/payments/none")
    counts = simulator.control("GET", "/calls/counts")
    assert counts == {"v1": {"users.getToken": 1, "payments.list": 1}, "v2": {"payments.findAll|payments.get": 1}}
