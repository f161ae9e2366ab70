"""V2's answers against PortOne's own description of them, where that is at hand."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import ACCOUNT, V2_SECRET, V2SimulatorClient, open_receiver

DESCRIPTION = Path(__file__).parents[4] / "shared" / "reference" / "openapi" / "v2.openapi.json"

pytestmark = pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI description of V2 is not here")

METHODS = ("card", "trans", "phone", "vbank", "kakaopay", "naverpay", "samsung", "culturegift", "point")
PAID = [("approve", "deposit") if method == "vbank" else ("approve",) for method in METHODS]


def plain_schema(node: Any) -> Any:
    """OpenAPI's dialect as JSON Schema: the discriminator picks the variant, and unknown keys are misspelt ones."""
    if isinstance(node, list):
        return [plain_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "discriminator" in node:
        key, names = node["discriminator"]["propertyName"], node["discriminator"]["mapping"]
        picks = [{"if": {"properties": {key: {"const": name}}}, "then": {"$ref": ref}} for name, ref in names.items()]
        return {"required": [key], "properties": {key: {"enum": list(names)}}, "allOf": picks}
    known = {key: plain_schema(value) for key, value in node.items() if not key.startswith("x-")}
    if isinstance(known.get("properties"), dict) and known.get("type") == "object":
        known.setdefault("additionalProperties", False)
    return known


@cache
def description() -> dict[str, Any]:
    received_types: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return received_types


@cache
def validator(endpoint: str, status: int) -> jsonschema_rs.Draft7Validator:
    """Whoever checks the answers of `POST /path` that come with this HTTP status."""
    method, path = endpoint.split(" ")
    received_types = description()["paths"][path][method.lower()]["responses"][str(status)]
    model = received_types["content"]["application/json"]["schema"]
    schema = {**model, "components": {"schemas": plain_schema(description()["components"]["schemas"])}}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def check(endpoint: str, answer: requests.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    body = answer.json()
    validator(endpoint, status).validate(body)
    return body


GET, TRIES = "GET /payments/{paymentId}", "GET /payments/{paymentId}/transactions"
LIST, CURSOR, FEED = "GET /payments", "GET /payments-by-cursor", "GET /payment-events-by-cursor"
CANCEL, CLOSE = "POST /payments/{paymentId}/cancel", "POST /payments/{paymentId}/virtual-account/close"
REGISTER, RESEND = "POST /payments/{paymentId}/pre-register", "POST /payments/{paymentId}/resend-webhook"
LOGIN, REFRESH = "POST /login/api-secret", "POST /token/refresh"


def test_the_description_tells_right_from_wrong(simulator: V2SimulatorClient) -> None:
    payment = check(GET, simulator.ask("GET", f"/payments/{simulator.order('approve')[0]}"))
    wrong = [
        {name: value for name, value in payment.items() if name != "disputes"},
        payment | {"status": "PENDING"},
        payment | {"paidAt": 1764547200},
        payment | {"pgTxId": None},
        payment | {"payedAt": payment["paidAt"]},
        payment | {"method": {**payment["method"], "type": "CARD"}},
        payment | {"amount": payment["amount"] | {"total": 10.5}},
    ]

    assert [validator(GET, 200).is_valid(each) for each in (payment, *wrong)] == [True] + [False] * len(wrong)


def everywhere(simulator: V2SimulatorClient, payment_id: str, status: str) -> None:
    """The payment is in this state and every question shows it as described."""
    assert check(GET, simulator.ask("GET", f"/payments/{payment_id}"))["status"] == status
    assert status in {
        each["status"] for each in check(TRIES, simulator.ask("GET", f"/payments/{payment_id}/transactions"))["items"]
    }
    assert check(LIST, simulator.ask("GET", "/payments"))["items"][0]["id"] == payment_id
    assert check(CURSOR, simulator.ask("GET", "/payments-by-cursor"))["items"][-1]["payment"]["id"] == payment_id
    check(FEED, simulator.ask("GET", "/payment-events-by-cursor"))


@pytest.mark.parametrize("generation", ["v1", "v2"])
@pytest.mark.parametrize(("method", "moves"), list(zip(METHODS, PAID, strict=True)), ids=METHODS)
def test_paid_by_every_method(
    simulator: V2SimulatorClient, generation: str, method: str, moves: tuple[str, ...]
) -> None:
    buyer = {"buyer_name": "김유나", "buyer_tel": "01012345678", "buyer_addr": "서울"} if generation == "v1" else {}
    payment_id, imp_uid = order_id(), ""
    imp_uid = simulator.opened(generation=generation, merchant_uid=payment_id, pay_method=method, **buyer)
    for move in moves:
        simulator.act(imp_uid, move)
    everywhere(simulator, payment_id, "PAID")

    account = {"refundAccount": ACCOUNT} if method == "vbank" else {}
    check(CANCEL, simulator.give_back(payment_id, **account))
    everywhere(simulator, payment_id, "CANCELLED")


@pytest.mark.parametrize("pg", ["html5_inicis", "kakaopay", "tosspayments", "settle", "danal_tpay", "nice_v2", "kcp"])
def test_every_pg(simulator: V2SimulatorClient, pg: str) -> None:
    payment_id = order_id()
    simulator.paid(merchant_uid=payment_id, pg=pg)

    everywhere(simulator, payment_id, "PAID")


@pytest.mark.parametrize(
    ("method", "moves", "status"),
    [
        ("card", (), "READY"),
        ("card", ("abandon",), "READY"),
        ("card", ("decline",), "FAILED"),
        ("card", ("pend",), "PAY_PENDING"),
        ("kakaopay", ("pend", "approve"), "PAID"),
        ("vbank", ("issue",), "VIRTUAL_ACCOUNT_ISSUED"),
        ("vbank", ("issue", "console-vbank-revoke"), "CANCELLED"),
        ("card", ("approve", "console-cancel"), "CANCELLED"),
    ],
)
def test_every_state(simulator: V2SimulatorClient, method: str, moves: tuple[str, ...], status: str) -> None:
    with open_receiver() as receiver:
        simulator.settings(webhook_url=receiver.url)
        payment_id, _ = simulator.order(*moves, pay_method=method, custom_data={"order": 991})
        simulator.webhooks()
        everywhere(simulator, payment_id, status)


@pytest.mark.parametrize("method", METHODS)
def test_an_approval_that_is_pending(simulator: V2SimulatorClient, method: str) -> None:
    payment_id, _ = simulator.order("pend", pay_method=method)

    everywhere(simulator, payment_id, "PAY_PENDING")


def test_taxes(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve", amount=1000, tax_free=450, vat_amount=50)
    check(CANCEL, simulator.give_back(payment_id, amount=300, taxFreeAmount=300))

    everywhere(simulator, payment_id, "PARTIAL_CANCELLED")


@pytest.mark.parametrize("way", ["at_once", "requested", "failed"])
def test_cancels(simulator: V2SimulatorClient, way: str) -> None:
    simulator.settings(v2_cancel=way)
    payment_id, _ = simulator.order("approve", amount=1000)
    first = check(CANCEL, simulator.give_back(payment_id, amount=400))["cancellation"]
    simulator.settings(v2_cancel="at_once")
    second = check(CANCEL, simulator.give_back(payment_id, amount=600))["cancellation"]

    assert (first["totalAmount"], second["totalAmount"]) == (400, 600)
    assert first["status"] == {"at_once": "SUCCEEDED", "requested": "REQUESTED", "failed": "FAILED"}[way]
    everywhere(simulator, payment_id, "CANCELLED" if way == "at_once" else "PARTIAL_CANCELLED")


def test_disputes(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve")
    for move in ("dispute", "resolve-dispute", "dispute"):
        simulator.act(transaction_id, move)

    everywhere(simulator, payment_id, "PAID")
    shown = simulator.found(f"/payments/{payment_id}")["disputes"]
    assert [each["status"] for each in shown] == ["RESOLVED", "UNRESOLVED"]


def test_the_event_list_contains_all_movements(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)
    for amount in (400, 600):
        simulator.give_back(payment_id, amount=amount)
    events = [each["paymentEvent"] for each in check(FEED, simulator.ask("GET", "/payment-events-by-cursor"))["items"]]

    received_types = {(each["type"], each["eventAmount"], each["paymentId"]) for each in events}
    assert received_types == {
        ("PAID", 1000, payment_id),
        ("PARTIAL_CANCELLED", -400, payment_id),
        ("CANCELLED", -600, payment_id),
    }
    assert len({each["id"] for each in events}) == 3


def test_small_answers(simulator: V2SimulatorClient) -> None:
    with open_receiver() as receiver:
        simulator.settings(webhook_url=receiver.url)
        payment_id, _ = simulator.order("issue", pay_method="vbank")
        simulator.webhooks()
        check(RESEND, simulator.ask("POST", f"/payments/{payment_id}/resend-webhook", json={}))
        simulator.webhooks()
    check(CLOSE, simulator.ask("POST", f"/payments/{payment_id}/virtual-account/close"))
    check(REGISTER, simulator.ask("POST", f"/payments/{order_id()}/pre-register", json={"totalAmount": 1000}))
    tokens = check(LOGIN, simulator.ask("POST", "/login/api-secret", json={"apiSecret": V2_SECRET}))
    check(REFRESH, simulator.ask("POST", "/token/refresh", json={"refreshToken": tokens["refreshToken"]}))


def declined_by_pg(simulator: V2SimulatorClient, payment_id: str) -> requests.Response:
    simulator.faults({"kind": "pg_refusal", "endpoint": "payments.cancel"})
    return simulator.give_back(payment_id)


def of_another_store(path: str) -> Callable[[V2SimulatorClient, str], requests.Response]:
    body = {"storeId": "store-0"}
    words = json.dumps({"filter": body} if path == "/payments" else body)
    return lambda simulator, _: simulator.ask("GET", path, params={"requestBody": words})


REFUSALS: dict[str, tuple[str, int, Callable[[V2SimulatorClient, str], requests.Response]]] = {
    "PAYMENT_NOT_FOUND": (GET, 404, lambda simulator, _: simulator.ask("GET", "/payments/%20")),
    "UNAUTHORIZED": (
        GET,
        401,
        lambda simulator, paid: simulator.ask("GET", f"/payments/{paid}", headers={"Authorization": ""}),
    ),
    "INVALID_REQUEST": (CANCEL, 400, lambda simulator, paid: simulator.give_back(paid, reason=None)),
    "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN": (
        CANCEL,
        409,
        lambda simulator, paid: simulator.give_back(paid, currentCancellableAmount=1),
    ),
    "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT": (
        CANCEL,
        409,
        lambda simulator, paid: simulator.give_back(paid, amount=9999),
    ),
    "PAYMENT_NOT_PAID": (CANCEL, 409, lambda simulator, _: simulator.give_back(simulator.order()[0])),
    "PG_PROVIDER": (CANCEL, 502, declined_by_pg),
    "ALREADY_PAID": (
        REGISTER,
        409,
        lambda simulator, paid: simulator.ask("POST", f"/payments/{paid}/pre-register", json={}),
    ),
    "PAYMENT_NOT_WAITING_FOR_DEPOSIT": (
        CLOSE,
        409,
        lambda simulator, paid: simulator.ask("POST", f"/payments/{paid}/virtual-account/close"),
    ),
    "WEBHOOK_NOT_FOUND": (
        RESEND,
        404,
        lambda simulator, paid: simulator.ask("POST", f"/payments/{paid}/resend-webhook", json={"webhookId": "wh_0"}),
    ),
}


@pytest.mark.parametrize("path", ["/payments", "/payments-by-cursor", "/payment-events-by-cursor"])
def test_lists_of_another_store(simulator: V2SimulatorClient, path: str) -> None:
    assert check(f"GET {path}", of_another_store(path)(simulator, ""), 403)["type"] == "FORBIDDEN"


def test_a_registration_for_another_store(simulator: V2SimulatorClient) -> None:
    answer = simulator.ask("POST", f"/payments/{order_id()}/pre-register", json={"storeId": "store-0"})

    assert check(REGISTER, answer, 403)["type"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        ({"amount": 100, "taxFreeAmount": 60, "vatAmount": 41}, "SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT"),
        ({"amount": 800, "taxFreeAmount": 451}, "CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT"),
        ({"amount": 551}, "CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT"),
        ({"amount": 500, "vatAmount": 51}, "CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT"),
    ],
)
def test_refused_taxes(simulator: V2SimulatorClient, wish: dict[str, int], kind: str) -> None:
    payment_id, _ = simulator.order("approve", amount=1000, tax_free=450, vat_amount=50)

    assert check(CANCEL, simulator.give_back(payment_id, **wish), 409)["type"] == kind


@pytest.mark.parametrize("kind", REFUSALS)
def test_refusals(simulator: V2SimulatorClient, kind: str) -> None:
    endpoint, status, provoke = REFUSALS[kind]
    payment_id, _ = simulator.order("approve", amount=1000)

    assert check(endpoint, provoke(simulator, payment_id), status)["type"] == kind
