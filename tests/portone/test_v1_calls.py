"""Our requests as PortOne receives them: the paths, methods and parameters of its own OpenAPI description."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelOrder, PaymentRef, RefundAccount
from pitturu.portone.transport import Timeouts
from pitturu.portone.v1 import V1Gateway
from pitturu.portone.v1_calls import REASON_LENGTH
from tests.portone.builders import payment_object, token_object
from tests.portone.faulty_server import FaultyServer, Peer, Received, envelope

DESCRIPTION = Path(__file__).resolve().parents[3] / "shared/reference/openapi/v1.openapi.json"
IMP_UID, ORDER = "imp_763870411022", "ord7k3m"
REF = PaymentRef(IMP_UID, ORDER)
CANCEL = CancelOrder(
    payment=REF,
    amount=15_400,
    balance=15_400,
    reason="변심" * 200,
    pg_provider="kcp",
    key="k" * 16,
    refund_account=RefundAccount(bank="088", number="110123456789", holder="김하나", tel="01012345678"),
)
PGS = ("html5_inicis", "inicis", "kcp", "")
"""Who may have issued a virtual account; the last is one of which PortOne did not say it."""
TYPES = {"string": str, "number": int, "integer": int, "boolean": bool}


def answer(peer: Peer) -> None:
    """Success, whatever was asked."""
    path = peer.request.target
    if path.endswith("/getToken"):
        peer.send(envelope(token_object()))
    elif "/findAll/" in path:
        peer.send(envelope({"total": 1, "previous": 0, "next": 0, "list": [payment_object()]}))
    elif path.endswith("/users/pg"):
        peer.send(envelope([]))
    else:
        peer.send(envelope(payment_object()))


def gateway_at(url: str, read_timeout: float = 20.0) -> V1Gateway:
    timeouts = Timeouts(connect=5.0, read=read_timeout, whole=20.0)
    return V1Gateway(url, "key", "secret", timeouts, pool_size=4, sandbox=True, inicis_api_key="k+/=")


@pytest.fixture
def sent() -> list[Received]:
    """Everything that the gateway can ask, as it came off the socket."""
    with FaultyServer(answer) as server:
        gateway = gateway_at(server.url)
        gateway.prepare(ORDER, 15_400)
        gateway.attempts(ORDER)
        gateway.payment(REF)
        gateway.cancel(CANCEL)
        for pg in PGS:
            gateway.revoke(REF, pg)
        gateway.channels()
        return list(server.requests)


def test_the_requests(sent: list[Received]) -> None:
    assert [(request.method, request.target) for request in sent] == [
        ("POST", "/users/getToken"),
        ("POST", "/payments/prepare"),
        ("GET", f"/payments/findAll/{ORDER}?limit=100&sorting=-paid"),
        ("GET", f"/payments/{IMP_UID}?include_sandbox=true"),
        ("POST", "/payments/cancel"),
        ("DELETE", f"/vbanks/{IMP_UID}?pg_api_key=k%2B%2F%3D"),
        ("DELETE", f"/vbanks/{IMP_UID}?pg_api_key=k%2B%2F%3D"),
        ("DELETE", f"/vbanks/{IMP_UID}"),
        ("DELETE", f"/vbanks/{IMP_UID}"),
        ("GET", "/users/pg"),
    ]
    assert {request.headers.get("authorization") for request in sent[1:]} == {"Bearer tok"}
    assert sent[0].json() == {"imp_key": "key", "imp_secret": "secret"}
    assert sent[1].json() == {"merchant_uid": ORDER, "amount": 15_400, "currency": "KRW"}
    assert sent[4].json() == {
        "imp_uid": IMP_UID,
        "amount": 15_400,
        "checksum": 15_400,
        "reason": ("변심" * 200)[:REASON_LENGTH],
        "refund_holder": "김하나",
        "refund_bank": "BK88",
        "refund_account": "110123456789",
        "refund_tel": "01012345678",
    }


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI file is not beside this checkout")
def test_portone_describes_every_request_that_we_send(sent: list[Received]) -> None:
    paths = json.loads(DESCRIPTION.read_text())["paths"]
    for request in sent:
        parameters = parameters_of(paths, request)
        given = dict(parse_qsl(urlsplit(request.target).query)) | (request.json() if request.body else {})
        assert set(given) <= set(parameters), f"{request.target} has parameters that PortOne does not know"
        required = {name for name, one in parameters.items() if one.get("required") and one["in"] != "path"}
        assert required <= set(given), f"{request.target} lacks parameters"
        for name, value in (request.json() if request.body else {}).items():
            assert isinstance(value, TYPES[parameters[name]["type"]]), f"{name} of {request.target}"
            assert len(str(value)) <= parameters[name].get("maxLength", len(str(value)))


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI file is not beside this checkout")
def test_a_withdrawal_has_what_portone_requires_of_this_pg_alone(sent: list[Received]) -> None:
    paths = json.loads(DESCRIPTION.read_text())["paths"]
    withdrawals = dict(zip(PGS, [request for request in sent if request.method == "DELETE"], strict=True))
    for pg, request in withdrawals.items():
        parameters = parameters_of(paths, request).items()
        required = {name for name, one in parameters if one.get("x-portone-per-pg", {}).get(pg, {}).get("required")}
        assert required <= set(dict(parse_qsl(urlsplit(request.target).query))), f"{pg} requires {required}"


def parameters_of(paths: dict[str, Any], request: Received) -> dict[str, dict[str, Any]]:
    """The description's parameters by name for this request; an optional last step of a path may be missing."""
    path = urlsplit(request.target).path
    for template, methods in sorted(paths.items()):
        optional = re.sub(r"/\{payment_status\}$", "(/[^/]+)?", template)
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", optional), path) and request.method.lower() in methods:
            return {one["name"]: one for one in methods[request.method.lower()].get("parameters", [])}
    raise AssertionError(f"PortOne describes no {request.method} {path}")


@pytest.mark.parametrize(
    ("name", "step"), [("a/b", "a%2Fb"), ("../users", "..%2Fusers"), ("a?b", "a%3Fb"), ("주문", "%EC%A3%BC%EB%AC%B8")]
)
def test_a_name_stays_one_step_of_the_path(name: str, step: str) -> None:
    with FaultyServer(answer) as server:
        with pytest.raises(GatewayError):
            gateway_at(server.url).attempts(name)
        assert urlsplit(server.requests[-1].target).path == f"/payments/findAll/{step}"


@pytest.mark.parametrize(
    "change", [{"imp_uid": "imp_2"}, {"amount": None}, {"cancel_amount": 99_999_999}, {"status": 7}]
)
def test_an_answer_about_something_else_proves_nothing(change: dict[str, object]) -> None:
    def behave(peer: Peer) -> None:
        token = peer.request.target.endswith("/getToken")
        peer.send(envelope(token_object() if token else payment_object(**change)))

    with FaultyServer(behave) as server:
        gateway = gateway_at(server.url)
        for ask, expected in (
            (lambda: gateway.payment(REF), Reaction.CALL_HUMAN),
            (lambda: gateway.cancel(CANCEL), Reaction.ASK_FIRST),
            (lambda: gateway.revoke(REF, "html5_inicis"), Reaction.ASK_FIRST),
        ):
            with pytest.raises(GatewayError) as caught:
                ask()
            assert caught.value.reaction is expected


def test_the_attempts_of_another_order_are_not_believed() -> None:
    with FaultyServer(answer) as server, pytest.raises(GatewayError) as caught:
        gateway_at(server.url).attempts("ord_other")
    assert caught.value.reaction is Reaction.CALL_HUMAN


@pytest.mark.parametrize(
    "token", [None, {}, token_object() | {"access_token": "two\r\nlines"}, token_object() | {"expired_at": "soon"}]
)
def test_a_token_that_is_none_is_for_a_human(token: object) -> None:
    with FaultyServer(lambda peer: peer.send(envelope(token))) as server, pytest.raises(GatewayError) as caught:
        gateway_at(server.url).cancel(CANCEL)
    assert caught.value.reaction is Reaction.CALL_HUMAN


@pytest.mark.parametrize(
    ("status", "expected"), [(503, Reaction.TRY_AGAIN), (404, Reaction.CALL_HUMAN), (400, Reaction.CALL_HUMAN)]
)
def test_a_cancel_without_a_token_was_never_sent(status: int, expected: Reaction) -> None:
    with FaultyServer(lambda peer: peer.send(envelope(None, -1, "이미 등록된", status))) as server:
        with pytest.raises(GatewayError) as caught:
            gateway_at(server.url).cancel(CANCEL)
        assert [request.target for request in server.requests] == ["/users/getToken"]
    assert caught.value.reaction is expected
