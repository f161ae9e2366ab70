"""V2's errors against PortOne's own description of them, where that is at hand."""

import json
from collections.abc import Callable

import pytest
import requests

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import V2SimulatorClient
from tests.portone_simulator.v2.described import CANCEL, CLOSE, GET, NEEDED, REGISTER, RESEND, check

pytestmark = NEEDED


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
