"""Fault injection."""

from typing import Any

import pytest
import requests

from tests.portone_simulator.clients import SimulatorClient, order_id
from tests.waiting import until


def prepare(simulator: SimulatorClient, merchant_uid: str) -> requests.Response:
    return simulator.call("POST", "/payments/prepare", json={"merchant_uid": merchant_uid, "amount": 1})


@pytest.mark.parametrize("seconds", [0.2, [0.2, 0.3]])
def test_latency(simulator: SimulatorClient, seconds: object) -> None:
    simulator.faults({"kind": "latency", "endpoint": "codes.*", "seconds": seconds})
    simulator.get("/banks")
    note = simulator.control("GET", "/calls?path=/banks")["calls"][0]

    assert note["seconds"] >= 0.2


@pytest.mark.parametrize(("status", "retry_after"), [(500, None), (503, None), (429, 7)])
def test_errors_for_the_next_calls_only(simulator: SimulatorClient, status: int, retry_after: int | None) -> None:
    simulator.faults(
        {"kind": "status", "endpoint": "codes.*", "status": status, "times": 2, "retry_after": retry_after}
    )
    answers = [simulator.call("GET", "/banks") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers.get("Retry-After") == (None if retry_after is None else str(retry_after))


@pytest.mark.parametrize(("probability", "status"), [(0.0, 200), (1.0, 503)])
def test_chance(simulator: SimulatorClient, probability: float, status: int) -> None:
    simulator.faults({"kind": "status", "endpoint": "codes.*", "probability": probability})

    assert {simulator.call("GET", "/banks").status_code for _ in range(5)} == {status}


@pytest.mark.parametrize(
    ("fault", "executed"),
    [
        ({"kind": "reset_before"}, False),
        ({"kind": "hang", "seconds": 0.1}, False),
        ({"kind": "reset_after"}, True),
    ],
)
def test_a_broken_connection_leaves_the_outcome_unknown(
    simulator: SimulatorClient, fault: dict[str, Any], executed: bool
) -> None:
    imp_uid, merchant_uid = simulator.paid(amount=1000), order_id()
    simulator.faults({**fault, "endpoint": "payments.cancel"}, {**fault, "endpoint": "prepare.create"})
    for broken in (lambda: simulator.cancel(imp_uid=imp_uid, amount=400), lambda: prepare(simulator, merchant_uid)):
        with pytest.raises(requests.ConnectionError):
            broken()

    assert simulator.shown(imp_uid)["cancel_amount"] == (400 if executed else 0)
    assert simulator.call("GET", f"/payments/prepare/{merchant_uid}").status_code == (200 if executed else 404)
    assert simulator.control("GET", "/calls?path=cancel")["calls"][-1]["status"] is None


def test_a_timeout_after_the_cancel(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(amount=1000)
    headers = {"Authorization": simulator.token()}
    simulator.faults({"kind": "hang_after", "endpoint": "payments.cancel", "seconds": 120})
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{simulator.running.url}/payments/cancel", json={"imp_uid": imp_uid}, headers=headers, timeout=0.5
        )

    until(lambda: simulator.shown(imp_uid)["cancel_amount"] == 1000, "the cancel is executed before its answer is late")


def test_bodies_that_are_no_json(simulator: SimulatorClient) -> None:
    simulator.faults(
        {"kind": "malformed", "endpoint": "codes.banks"}, {"kind": "html", "endpoint": "codes.cards", "status": 502}
    )
    with pytest.raises(ValueError, match="char"):
        simulator.call("GET", "/banks").json()
    page = simulator.call("GET", "/cards")

    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (502, "text/html")


def test_unknown_fields_and_values(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid(merchant_uid="strange")
    simulator.faults({"kind": "extra_fields"}, {"kind": "unknown_enum", "field": "pay_method", "value": "telepathy"})
    single = simulator.get(f"/payments/{imp_uid}")
    listed = simulator.get("/payments/findAll/strange")["list"][0]
    many = simulator.get("/payments", params={"imp_uid[]": imp_uid})[0]

    for payment in (single, listed, many):
        assert (payment["pay_method"], "x_future" in payment) == ("telepathy", True)
    assert simulator.shown(imp_uid)["pay_method"] == "card"


def test_a_token_revoked_during_a_call(simulator: SimulatorClient) -> None:
    headers = {"Authorization": simulator.token()}
    simulator.faults({"kind": "revoke_token", "endpoint": "codes.*", "times": 1})
    first = simulator.http.get(f"{simulator.running.url}/banks", headers=headers)
    again = simulator.http.get(f"{simulator.running.url}/banks", headers={"Authorization": simulator.token()})

    assert (first.status_code, again.status_code) == (401, 200)


def test_faults_of_one_payment_apply_by_id_and_by_order(simulator: SimulatorClient) -> None:
    struck, spared = simulator.paid(merchant_uid="struck"), simulator.paid(merchant_uid="spared")
    simulator.control("PUT", f"/payments/{struck}/faults", {"faults": [{"kind": "status", "endpoint": "payments.*"}]})
    paths = (f"/payments/{struck}", "/payments/find/struck", f"/payments/{spared}", "/payments/find/spared")

    assert [simulator.call("GET", path).status_code for path in paths] == [503, 503, 200, 200]
    assert simulator.cancel(merchant_uid="struck").status_code == 503


def test_faults_of_a_payment_come_and_go_alone(simulator: SimulatorClient) -> None:
    imp_uid = simulator.paid()
    simulator.faults({"kind": "latency", "seconds": 0})
    simulator.control("PUT", f"/payments/{imp_uid}/faults", {"faults": [{"kind": "status"}]})
    simulator.control("DELETE", f"/payments/{imp_uid}/faults")
    kept = simulator.control("GET", "/faults")["faults"]

    assert [fault["kind"] for fault in kept] == ["latency"]
    simulator.control("DELETE", "/faults")
    assert simulator.control("GET", "/faults") == {"faults": []}


def test_a_fault_for_an_order_that_is_not_open_yet(simulator: SimulatorClient) -> None:
    simulator.faults({"kind": "status", "merchant_uid": "doomed"})

    assert (prepare(simulator, "doomed").status_code, prepare(simulator, "lucky").status_code) == (503, 200)


def test_applications_are_counted(simulator: SimulatorClient) -> None:
    simulator.faults({"kind": "status", "endpoint": "codes.*", "times": 1})
    simulator.call("GET", "/banks")
    fault = simulator.control("GET", "/faults")["faults"][0]

    assert (fault["struck"], fault["times"]) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({}, "kind"),
        ({"kind": "meteor"}, "kind"),
        ({"kind": "latency"}, "seconds"),
        ({"kind": "latency", "seconds": -1}, "seconds"),
        ({"kind": "latency", "seconds": [2, 1]}, "seconds"),
        ({"kind": "latency", "seconds": 121}, "seconds"),
        ({"kind": "status", "probability": 2}, "probability"),
        ({"kind": "status", "unknown": 1}, "unknown"),
    ],
)
def test_a_fault_that_makes_no_sense_is_named(simulator: SimulatorClient, fault: dict[str, object], field: str) -> None:
    problem = simulator.control("PUT", "/faults", {"faults": [fault]}, expect=400)

    assert field in problem["fields"]["faults"]["0"]


def test_slow_answers_delay_no_others(simulator: SimulatorClient) -> None:
    simulator.faults({"kind": "hang_after", "endpoint": "codes.cards", "seconds": 20})
    headers = {"Authorization": simulator.token()}
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{simulator.running.url}/cards", headers=headers, timeout=0.2)

    assert len(simulator.get("/banks")) > 50
    assert simulator.control("GET", "/calls?path=/cards") == {"calls": []}, "it is still being answered"
