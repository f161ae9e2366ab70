"""Our requests as PortOne V2 receives them: the paths, headers and bodies of its own OpenAPI description."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jsonschema_rs
import pytest

from pitturu.domain.banks import BANKS
from pitturu.domain.errors import Reaction
from pitturu.domain.provider import CancelOrder, PaymentRef, RefundAccount
from pitturu.domain.provider_listing import Page
from pitturu.portone.v2 import V2Gateway
from pitturu.portone.v2_calls import REASON_LENGTH
from tests.portone.faulty_server import FaultyServer, Peer, Received, http
from tests.portone.generations import LIMITS, cancel_of, refusal

DESCRIPTION = Path(__file__).resolve().parents[3] / "shared/reference/openapi/v2.openapi.json"
STORE = "store-00000000-0000-4000-8000-000000000007"
ORDER, TRANSACTION, KEY = "ord7k3m", "019a3c10-7a10-7000-8000-0000000000a1", "can-0-15400-15400"
REF = PaymentRef(TRANSACTION, ORDER)
ACCOUNT = RefundAccount(bank="088", number="110123456789", holder="김하나", tel="01012345678")
PAGE = Page(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC), "after-this", 100)
PAYMENT = {
    "status": "PAID",
    "id": ORDER,
    "transactionId": TRANSACTION,
    "amount": {"total": 15_400, "cancelled": 0},
    "currency": "KRW",
    "channel": {"type": "LIVE"},
}
DONE = {"cancellation": {"status": "SUCCEEDED", "id": "c-1", "totalAmount": 15_400}}


def answer(peer: Peer) -> None:
    """Success, whatever was asked."""
    shown = {"cancel": DONE, "pre-register": {}, "close": {"closedAt": "2026-11-23T01:02:03Z"}, ORDER: PAYMENT}
    step = urlsplit(peer.request.target).path.rsplit("/", 1)[-1]
    peer.send(http(json.dumps(shown.get(step, {"items": []})).encode()))


@contextmanager
def listening(store: str = STORE) -> Iterator[tuple[V2Gateway, list[Received]]]:
    """A gateway, and what it has sent so far."""
    with FaultyServer(answer) as server:
        gateway = V2Gateway(server.url, "s3cret", store, **LIMITS)
        yield gateway, server.requests
        gateway.close()


def order(**changes: Any) -> CancelOrder:
    """A cancel of everything, as the shop's own code makes it."""
    return CancelOrder(**vars(cancel_of(TRANSACTION, key=KEY)) | {"payment": REF} | changes)


def everything(store: str = STORE) -> list[Received]:
    """All that the gateway can ask, as it came off the socket."""
    with listening(store) as (gateway, sent):
        gateway.prepare(ORDER, 15_400)
        gateway.attempts(ORDER)
        gateway.payment(REF)
        gateway.cancel(order(reason="변심" * 200, refund_account=ACCOUNT))
        gateway.revoke(REF, "html5_inicis")
        gateway.check()
        gateway.payments(PAGE)
        gateway.events(PAGE)
        return list(sent)


def cancelled(**changes: Any) -> Received:
    """The one request of a cancel."""
    with listening() as (gateway, sent):
        gateway.cancel(order(**changes))
        (request,) = sent
        return request


def question(request: Received) -> Any:
    """The body that a GET carries in its address."""
    return json.loads(parse_qs(urlsplit(request.target).query)["requestBody"][0])


def test_the_paths() -> None:
    assert [(request.method, urlsplit(request.target).path) for request in everything()] == [
        ("POST", f"/payments/{ORDER}/pre-register"),
        ("GET", f"/payments/{ORDER}"),
        ("GET", f"/payments/{ORDER}"),
        ("POST", f"/payments/{ORDER}/cancel"),
        ("POST", f"/payments/{ORDER}/virtual-account/close"),
        ("GET", "/payments"),
        ("GET", "/payments-by-cursor"),
        ("GET", "/payment-events-by-cursor"),
    ]


def test_the_secret_is_on_every_request_and_nothing_else_proves_who_we_are() -> None:
    assert {request.headers.get("authorization") for request in everything()} == {"PortOne s3cret"}


def test_the_bodies() -> None:
    sent = everything()
    assert sent[0].json() == {"storeId": STORE, "totalAmount": 15_400, "currency": "KRW"}
    assert sent[3].json() == {
        "storeId": STORE,
        "amount": 15_400,
        "currentCancellableAmount": 15_400,
        "reason": ("변심" * 200)[:REASON_LENGTH],
        "requester": "CUSTOMER",
        "refundAccount": {
            "bank": "SHINHAN",
            "number": "110123456789",
            "holderName": "김하나",
            "holderPhoneNumber": "01012345678",
        },
    }
    assert [request.body for request in (*sent[1:3], *sent[4:])] == [b""] * 6


def test_the_store_is_named_where_portone_looks_for_it() -> None:
    sent = everything()
    for request in (*sent[1:3], sent[4]):
        assert parse_qs(urlsplit(request.target).query) == {"storeId": [STORE]}
    assert question(sent[5]) == {"page": {"number": 0, "size": 1}, "filter": {"storeId": STORE}}
    span = {"from": "2026-11-01T00:00:00.000Z", "until": "2026-11-02T00:00:00.000Z", "size": 100}
    assert [question(one) for one in sent[6:]] == [{"storeId": STORE, **span, "cursor": "after-this"}] * 2


def test_without_a_store_the_secrets_own_is_meant() -> None:
    assert [one.target for one in everything("") if "storeId" in one.target or b"storeId" in one.body] == []


def test_only_a_cancel_has_a_key_and_the_quotes_belong_to_it() -> None:
    keys = [request.headers.get("idempotency-key") for request in everything()]
    assert keys == [None, None, None, f'"{KEY}"', None, None, None, None]


@pytest.mark.parametrize("key", ["k" * 16, "k" * 256, "A-z_0" * 4])
def test_a_key_goes_out_as_it_is(key: str) -> None:
    assert cancelled(key=key).headers["idempotency-key"] == f'"{key}"'


@pytest.mark.parametrize("key", ["", "k" * 15, "k" * 257, "k" * 16 + '"', "k" * 16 + "\n", "k k" * 8, "키" * 16])
def test_a_key_that_portone_would_not_take_is_our_own_mistake(key: str) -> None:
    with listening() as (gateway, sent):
        with pytest.raises(ValueError, match="16 to 256"):
            gateway.cancel(order(key=key))
        assert sent == []


def test_what_is_cancelled_and_what_we_believe_is_left_are_two_numbers() -> None:
    body = cancelled(amount=400, balance=10_000).json()
    assert (body["amount"], body["currentCancellableAmount"]) == (400, 10_000)
    assert "refundAccount" not in body


@pytest.mark.parametrize(("by_buyer", "requester"), [(True, "CUSTOMER"), (False, "ADMIN")])
def test_who_asked_for_it(by_buyer: bool, requester: str) -> None:
    assert cancelled(by_buyer=by_buyer).json()["requester"] == requester


def test_an_account_without_a_telephone_has_no_empty_one() -> None:
    account = cancelled(refund_account=RefundAccount(bank="090", number="1", holder="김하나")).json()["refundAccount"]
    assert account == {"bank": "KAKAO", "number": "1", "holderName": "김하나"}


STEPS = [
    ("a/b", "a%2Fb"),
    ("../users", "..%2Fusers"),
    ("a?b#c", "a%3Fb%23c"),
    ("50%", "50%25"),
    ("%2e%2e", "%252e%252e"),
    (" ", "%20"),
    ("a+b&c", "a%2Bb%26c"),
    ("주문", "%EC%A3%BC%EB%AC%B8"),
]


@pytest.mark.parametrize(("name", "step"), STEPS, ids=[name for name, _ in STEPS])
def test_a_name_stays_one_step_of_the_path(name: str, step: str) -> None:
    ref = PaymentRef("", name)
    with listening() as (gateway, sent):
        gateway.prepare(name, 1)
        gateway.cancel(order(payment=ref))
        gateway.revoke(ref, "html5_inicis")
        refusal(lambda: gateway.attempts(name))
        rests = ("/pre-register", "/cancel", "/virtual-account/close", "")
        assert [urlsplit(one.target).path for one in sent] == [f"/payments/{step}{rest}" for rest in rests]


@pytest.mark.parametrize("name", ["", ".", "..", "..."])
def test_a_name_that_would_be_another_path_moves_nothing(name: str) -> None:
    asks: list[Callable[[V2Gateway], object]] = [
        lambda gateway: gateway.prepare(name, 1),
        lambda gateway: gateway.cancel(order(payment=PaymentRef(TRANSACTION, name))),
    ]
    with listening() as (gateway, sent):
        for ask in asks:
            assert refusal(lambda ask=ask: ask(gateway)).reaction is Reaction.STOP
        assert sent == []


@pytest.mark.skipif(not DESCRIPTION.exists(), reason="PortOne's OpenAPI file is not beside this checkout")
def test_portone_describes_every_request_that_we_send() -> None:
    shown = json.loads(DESCRIPTION.read_text())
    models = strict(shown["components"]["schemas"])
    with listening() as (gateway, sent):
        for bank in BANKS:
            gateway.cancel(order(refund_account=RefundAccount(bank=bank, number="1", holder="김하나")))
    for request in (*everything(), *everything("")):
        check(shown["paths"], models, request)
    names = {request.json()["refundAccount"]["bank"] for request in sent}
    assert names <= set(models["Bank"]["enum"])
    assert len(names) == len(BANKS)


def check(paths: dict[str, Any], models: dict[str, Any], request: Received) -> None:
    """Fails unless the description has this path, knows every parameter, and takes the body."""
    path, query = urlsplit(request.target).path, dict(parse_qsl(urlsplit(request.target).query))
    (endpoint,) = [
        methods[request.method.lower()]
        for template, methods in paths.items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and request.method.lower() in methods
    ]
    known = {one["name"] for one in endpoint["parameters"] if one["in"] == "query"}
    assert set(query) <= known, f"{request.target} has parameters that PortOne does not know"
    asked = query.get("requestBody", request.body.decode())
    assert bool(asked) == ("requestBody" in endpoint), f"{request.target} has a body or lacks one"
    if asked:
        model = endpoint["requestBody"]["content"]["application/json"]["schema"]
        schema = {**model, "components": {"schemas": models}}
        jsonschema_rs.Draft7Validator(schema, validate_formats=True).validate(json.loads(asked))


def strict(node: Any) -> Any:
    """The description, in which a field that it does not know is a mistake."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    known = {name: strict(value) for name, value in node.items()}
    return known | ({"additionalProperties": False} if isinstance(known.get("properties"), dict) else {})
