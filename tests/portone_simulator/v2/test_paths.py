"""Paths of V2: with `/v2` and without it, unknown ones, and the words that are part of a path."""

import json

import pytest
import requests

from tests.portone_simulator.clients import KEY, SECRET
from tests.portone_simulator.v2.clients import V2_SECRET, V2SimulatorClient, refused


def sent_by_javascript(simulator: V2SimulatorClient, method: str, path: str, body: object = None) -> requests.Response:
    """A request as `@portone/server-sdk` sends it: without the path of its base URL, the body as plain text."""
    headers = {"Authorization": f"PortOne {V2_SECRET}", "Content-Type": "text/plain;charset=UTF-8"}
    data = None if body is None else json.dumps(body)
    return simulator.http.request(method, f"{simulator.running.url}{path}", headers=headers, data=data, timeout=30)


def test_the_client_for_javascript(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve", merchant_uid="주문/1", amount=1000)
    path = "/payments/%EC%A3%BC%EB%AC%B8%2F1"

    assert sent_by_javascript(simulator, "GET", f"{path}?").json()["transactionId"] == transaction_id
    assert sent_by_javascript(simulator, "GET", "/payments?requestBody=%7B%7D&").json()["items"][0]["id"] == payment_id
    cancelled = sent_by_javascript(simulator, "POST", f"{path}/cancel?", {"amount": 400, "reason": "one seat"})
    assert cancelled.json()["cancellation"]["totalAmount"] == 400
    tokens = sent_by_javascript(simulator, "POST", "/login/api-secret?", {"apiSecret": V2_SECRET}).json()
    bearer = {"Authorization": f"Bearer {tokens['accessToken']}"}
    tries = simulator.http.get(f"{simulator.running.url}{path}/transactions", headers=bearer)
    assert [each["id"] for each in tries.json()["items"]] == [transaction_id]
    assert refused(sent_by_javascript(simulator, "GET", "/payments/%20?")) == (404, "PAYMENT_NOT_FOUND")


def test_v1_keeps_its_paths(simulator: V2SimulatorClient) -> None:
    imp_uid = simulator.paid(merchant_uid="a/b")

    assert simulator.get(f"/payments/{imp_uid}")["imp_uid"] == imp_uid
    assert simulator.get("/payments/find/a%2Fb")["imp_uid"] == imp_uid
    assert simulator.cancel(imp_uid=imp_uid).json()["code"] == 0
    answer = simulator.http.get(f"{simulator.running.url}/payments/{imp_uid}")
    assert (answer.status_code, set(answer.json())) == (401, {"code", "message", "response"})


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/nowhere", (404, "NOT_FOUND")),
        ("POST", "/payments", (405, "METHOD_NOT_ALLOWED")),
        ("POST", "/users/getToken", (404, "NOT_FOUND")),
        ("GET", "/payments/{paid}/cash-receipt", (404, "CASH_RECEIPT_NOT_FOUND")),
        ("POST", "/payments/{paid}/cash-receipt/cancel", (404, "CASH_RECEIPT_NOT_ISSUED")),
        ("POST", "/payments/{paid}/escrow/complete", (502, "PG_PROVIDER")),
        ("POST", "/payments/{paid}/confirm", (404, "NOT_FOUND")),
    ],
)
def test_unknown_paths(simulator: V2SimulatorClient, method: str, path: str, refusal: tuple[int, str]) -> None:
    payment_id, transaction_id = simulator.order("approve")
    body = {"reason": "returned", "imp_key": KEY, "imp_secret": SECRET}

    assert refused(simulator.ask(method, path.format(paid=payment_id), json=body)) == refusal
    assert simulator.shown(transaction_id)["cancel_amount"] == 0


def test_an_unknown_path_without_the_prefix_is_v2s_for_its_secret(simulator: V2SimulatorClient) -> None:
    assert refused(sent_by_javascript(simulator, "GET", "/nowhere")) == (404, "NOT_FOUND")
    assert simulator.http.get(f"{simulator.running.url}/nowhere").json()["code"] == -1


def test_a_slash_is_part_of_an_id_only_when_it_is_encoded(simulator: V2SimulatorClient) -> None:
    simulator.order("approve", merchant_uid="x/cancel")

    assert simulator.found("/payments/x%2Fcancel")["id"] == "x/cancel"
    assert refused(simulator.ask("GET", "/payments/x/cancel")) == (405, "METHOD_NOT_ALLOWED")
