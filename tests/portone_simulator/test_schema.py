"""The simulator's answers against PortOne's own description of them, where that is at hand."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.portone_simulator.clients import SimulatorClient, accepted

DESCRIPTION = Path(__file__).parents[3] / "shared" / "reference" / "openapi" / "v1.openapi.json"

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI description of V1 is not here")

PAGE_MARKERS = {"total", "previous", "next"}
"""The description requires these of a registered amount too, which is a copying mistake in it."""


def plain_schema(node: Any) -> Any:
    """Swagger's dialect as JSON Schema: lengths are numbers, and what is not required may be null."""
    if isinstance(node, list):
        return [plain_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    known = {key: plain_schema(value) for key, value in node.items() if not key.startswith("x-")}
    if isinstance(known.get("maxLength"), str):
        known["maxLength"] = int(known["maxLength"])
    properties, required = known.get("properties"), known.get("required")
    if isinstance(properties, dict):
        known["required"] = [key for key in required or () if key in properties and key not in PAGE_MARKERS]
        for key in set(properties) - set(known["required"]):
            properties[key] = {"anyOf": [properties[key], {"type": "null"}]}
    return known


def check(answer: dict[str, Any], model: str) -> None:
    definitions = json.loads(DESCRIPTION.read_text())["definitions"]
    schema = {"$ref": f"#/definitions/{model}", "definitions": plain_schema(definitions)}
    jsonschema_rs.Draft7Validator(schema).validate(answer)


@pytest.mark.parametrize(
    ("order", "moves"),
    [
        ({"pay_method": "card"}, []),
        ({"pay_method": "card", "custom_data": {"a": 1}}, ["approve"]),
        ({"pay_method": "kakaopay", "pg": "kakaopay"}, ["approve"]),
        ({"pay_method": "samsungpay"}, ["approve"]),
        ({"pay_method": "trans"}, ["approve"]),
        ({"pay_method": "phone"}, ["approve"]),
        ({"pay_method": "vbank"}, ["issue"]),
        ({"pay_method": "vbank"}, ["issue", "deposit"]),
        ({"pay_method": "vbank"}, ["issue", "console-vbank-revoke"]),
        ({"pay_method": "card"}, ["decline"]),
        ({"pay_method": "card"}, ["approve", "console-cancel"]),
    ],
)
def test_payments(simulator: SimulatorClient, order: dict[str, Any], moves: list[str]) -> None:
    imp_uid = simulator.opened(merchant_uid="checked", **order)
    for move in moves:
        simulator.act(imp_uid, move)

    check(simulator.call("GET", f"/payments/{imp_uid}").json(), "PaymentResponse")
    check(simulator.call("GET", "/payments/findAll/checked").json(), "PaymentListResponse")
    check(simulator.call("GET", "/payments?imp_uid[]=" + imp_uid).json(), "MultiplePaymentsResponse")


def test_every_described_field_is_there(simulator: SimulatorClient) -> None:
    described = json.loads(DESCRIPTION.read_text())["definitions"]["PaymentAnnotation"]["properties"]
    payment = simulator.get(f"/payments/{simulator.paid()}")

    assert set(described) - set(payment) == {"deposit_history"}, "only fixed unlimited accounts have deposits"
    assert set(payment) - set(described) == set()


@pytest.mark.parametrize("amount", [1, 1000])
def test_cancels(simulator: SimulatorClient, amount: int) -> None:
    answer = simulator.cancel(imp_uid=simulator.paid(amount=1000), amount=amount)

    assert accepted(answer)["cancel_amount"] == amount
    check(answer.json(), "PaymentResponse")


def test_registered_amounts_and_tokens(simulator: SimulatorClient) -> None:
    prepared = simulator.call("POST", "/payments/prepare", json={"merchant_uid": "checked", "amount": 1000})
    token = simulator.http.post(
        f"{simulator.running.url}/users/getToken", json={"imp_key": "imp_apikey", "imp_secret": "imp_secret"}
    )

    check(prepared.json(), "PaymentPrepareResponse")
    check(token.json(), "AuthResponse")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/banks", "StandardCodeListResponse"),
        ("/cards/361", "StandardCodeResponse"),
        ("/users/pg", "MultiplePgSettingResponse"),
        ("/subscribe/payments/schedule", "ScheduleResponse"),
        ("/subscribe/customers/x/schedules", "ScheduleResponse"),
    ],
)
def test_tables(simulator: SimulatorClient, path: str, model: str) -> None:
    check(simulator.call("GET", path).json(), model)


def withdrawal() -> dict[str, Any]:
    """What PortOne says about `DELETE /vbanks/{imp_uid}`."""
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())["paths"]["/vbanks/{imp_uid}"]["delete"]
    return described


def needs_a_key(pg: str) -> bool:
    """Whether PortOne requires `pg_api_key` for this PG."""
    (key,) = (one for one in withdrawal()["parameters"] if one["name"] == "pg_api_key")
    return bool(key["x-portone-per-pg"].get(pg, {}).get("required"))


def test_withdrawals_need_a_key_where_portone_says_so(simulator: SimulatorClient) -> None:
    pgs = withdrawal()["x-portone-supported-pgs"]
    refused = set()
    for pg in pgs:
        imp_uid = simulator.opened(pay_method="vbank", pg=pg, vbank_due="2099-12-31")
        simulator.act(imp_uid, "issue")
        if simulator.call("DELETE", f"/vbanks/{imp_uid}").json()["code"] != 0:
            refused.add(pg)
            with_key = simulator.call("DELETE", f"/vbanks/{imp_uid}", params={"pg_api_key": "inicis_apikey"})
            assert accepted(with_key)["status"] == "cancelled"
            check(with_key.json(), "PaymentResponse")

    assert refused == {pg for pg in pgs if needs_a_key(pg)} == {"html5_inicis"}
