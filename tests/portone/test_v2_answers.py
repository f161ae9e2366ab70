"""Every refusal of PortOne V2, and the reaction to it; an unreadable answer is never a success."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import errors
from pitturu.portone.call import Call
from pitturu.portone.v2 import V2Gateway
from pitturu.portone.v2_answers import WORDS, read
from tests.portone.faulty_server import FaultyServer, http, says
from tests.portone.generations import LIMITS, ORDER, cancel_of, ref, refusal

READ = Call("v2.payment", "GET", "/payments/ord1")
PREPARE = Call("v2.pre_register", "POST", "/payments/ord1/pre-register")
CANCEL = Call("v2.cancel", "POST", "/payments/ord1/cancel", moves_money=True)
CALLS = (READ, PREPARE, CANCEL)
LIMIT = 500


def refused(call: Call, status: int, body: object) -> GatewayError:
    """What an answer means; text is sent as it is, anything else as JSON."""
    with pytest.raises(GatewayError) as caught:
        read(call, status, body if isinstance(body, bytes) else json.dumps(body).encode())
    return caught.value


def after(call: Call, status: int, kind: str, **more: Any) -> Reaction:
    """The same for an error of this type."""
    return refused(call, status, {"type": kind, **more}).reaction


REFUSALS = [
    (400, "INVALID_REQUEST"),
    (400, "NEGATIVE_PROMOTION_ADJUSTED_CANCEL_AMOUNT"),
    (400, "PROMOTION_DISCOUNT_RETAIN_OPTION_SHOULD_NOT_BE_CHANGED"),
    (404, "PAYMENT_NOT_FOUND"),
    (404, "CHANNEL_NOT_FOUND"),
    (409, "PAYMENT_NOT_PAID"),
    (409, "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN"),
    (409, "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT"),
    (409, "SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT"),
    (409, "CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT"),
    (409, "CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT"),
    (409, "MAX_CANCEL_COUNT_REACHED"),
    (409, "PAYMENT_NOT_WAITING_FOR_DEPOSIT"),
    (409, "SOMETHING_OF_TOMORROW"),
    (410, "SESSION_EXPIRED"),
    (422, "SOMETHING_OF_TOMORROW"),
    (502, "PG_PROVIDER"),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_a_refusal_stops_and_names_its_type(status: int, kind: str) -> None:
    for call in CALLS:
        shown = refused(call, status, {"type": kind})
        assert shown.reaction is Reaction.STOP
        assert f"({kind})" in shown.message
        assert WORDS.get(kind, "") in shown.message


@pytest.mark.parametrize(
    ("call", "kind"), [(PREPARE, "ALREADY_PAID"), (CANCEL, "PAYMENT_ALREADY_CANCELLED")], ids=["prepare", "cancel"]
)
def test_a_repeated_request_is_done(call: Call, kind: str) -> None:
    assert after(call, 409, kind) is Reaction.DONE


def test_the_pgs_message_has_precedence_over_portones() -> None:
    body = {"type": "PG_PROVIDER", "pgCode": "9001", "pgMessage": "취소 기한 경과", "message": "PG said no."}
    assert refused(CANCEL, 502, body).message == "9001 취소 기한 경과 (PG_PROVIDER)"
    del body["pgCode"], body["pgMessage"]
    assert refused(CANCEL, 502, body).message == "PG said no. (PG_PROVIDER)"
    assert refused(CANCEL, 409, {"type": "PAYMENT_NOT_PAID", "message": ""}).message.startswith("Nothing was paid")


@pytest.mark.parametrize("odd", [None, 7, ["x"], {"a": 1}])
def test_messages_of_another_type_are_ignored(odd: object) -> None:
    body = {"type": "PG_PROVIDER", "pgCode": odd, "pgMessage": odd, "message": odd}
    assert refused(CANCEL, 502, body).message == "(PG_PROVIDER)"


def test_long_messages_are_truncated() -> None:
    shown = refused(CANCEL, 502, {"type": "PG_PROVIDER", "pgMessage": "x\0\n" * 10_000})
    assert len(shown.message) <= LIMIT
    assert shown.message.isprintable()


@pytest.mark.parametrize(
    ("call", "expected"), [(CANCEL, Reaction.ASK_FIRST), (PREPARE, Reaction.TRY_AGAIN)], ids=["cancel", "prepare"]
)
def test_the_same_request_under_way_is_not_a_refusal(call: Call, expected: Reaction) -> None:
    assert after(call, 409, "IDEMPOTENCY_OUTSTANDING_REQUEST") is expected


@pytest.mark.parametrize("body", [{"type": "UNAUTHORIZED"}, {"type": "WHATEVER"}, {}, b"<html>", b""])
def test_a_401_is_about_the_secret(body: object) -> None:
    for call in CALLS:
        shown = refused(call, 401, body)
        assert isinstance(shown, errors.Unauthorized)
        assert shown.reaction is Reaction.CALL_HUMAN


def test_a_401_of_portones_names_the_setting() -> None:
    assert "PORTONE_V2_API_SECRET" in refused(READ, 401, {"type": "UNAUTHORIZED"}).message


@pytest.mark.parametrize("body", [{"type": "FORBIDDEN"}, {"type": "SOMETHING_OF_TOMORROW"}, b"<html>", b""])
def test_a_403_needs_an_operator(body: object) -> None:
    assert {refused(call, 403, body).reaction for call in CALLS} == {Reaction.CALL_HUMAN}


def test_only_portones_own_error_makes_a_payment_unknown() -> None:
    assert isinstance(refused(READ, 404, {"type": "PAYMENT_NOT_FOUND"}), errors.Unknown)
    for body in ({"type": "STORE_NOT_FOUND"}, {"message": "no route"}, b"<html>404</html>", b"", b"[]"):
        assert not isinstance(refused(READ, 404, body), errors.Unknown)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>no</html>", b"{", b"null", b"[]", b"7", b'"PAYMENT_NOT_FOUND"', b"{}", b'{"type":""}', b'{"type":7}'],
)
def test_a_page_of_something_in_between_is_no_refusal(body: bytes) -> None:
    for status in (400, 404, 405, 409, 410, 413, 418):
        found = [status, *(refused(call, status, body).reaction for call in CALLS)]
        assert found == [status, Reaction.CALL_HUMAN, Reaction.CALL_HUMAN, Reaction.ASK_FIRST]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", *({"type": kind} for kind in ("INTERNAL_SERVER_ERROR", "PAYMENT_NOT_FOUND", "UNAUTHORIZED"))],
)
def test_an_outage_leaves_a_cancel_in_doubt(body: object) -> None:
    for status in (408, 425, 500, 502, 503, 504, 599):
        found = [status, *(refused(call, status, body).reaction for call in CALLS)]
        assert found == [status, Reaction.TRY_AGAIN, Reaction.TRY_AGAIN, Reaction.ASK_FIRST]


@pytest.mark.parametrize("status", [500, 503, 504])
def test_only_a_502_is_a_refusal_of_the_pg(status: int) -> None:
    assert after(CANCEL, status, "PG_PROVIDER", pgCode="1", pgMessage="?") is Reaction.ASK_FIRST


@pytest.mark.parametrize("body", [b"", b"<html>", {"type": "RATE_LIMIT"}])
def test_asked_too_often_nothing_was_done(body: object) -> None:
    assert {refused(call, 429, body).reaction for call in CALLS} == {Reaction.TRY_AGAIN}


@pytest.mark.parametrize("status", [301, 302, 304])
def test_redirects_are_not_followed(status: int) -> None:
    found = [refused(call, status, {"status": "PAID"}).reaction for call in CALLS]
    assert found == [Reaction.CALL_HUMAN, Reaction.CALL_HUMAN, Reaction.ASK_FIRST]


GARBAGE = [
    b"",
    b"null",
    b"[]",
    b"[{}]",
    b"7",
    b'"ok"',
    b"{",
    b"{}x",
    b"<html>",
    b"\xff{}",
    b'{"a":NaN}',
    b'{"a":1,"a":2}',
]


@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize("body", [*GARBAGE, b"[" * 100_000, b"9" * 10_000])
def test_a_success_that_is_no_object_is_nonsense(status: int, body: bytes) -> None:
    found = [refused(call, status, body).reaction for call in CALLS]
    assert found == [Reaction.CALL_HUMAN, Reaction.CALL_HUMAN, Reaction.ASK_FIRST]


def test_a_success_is_the_bare_object() -> None:
    assert read(READ, 200, b'{"type":"PAYMENT_NOT_FOUND","x":[1]}') == {"type": "PAYMENT_NOT_FOUND", "x": [1]}


BODIES = some.binary(max_size=60) | some.dictionaries(
    some.sampled_from(["type", "message", "pgCode", "pgMessage", "status"]),
    some.none() | some.integers() | some.text(max_size=20) | some.sampled_from([kind for _, kind in REFUSALS]),
).map(lambda fields: json.dumps(fields).encode())


@given(some.sampled_from(CALLS), some.integers(100, 599), BODIES)
@example(CANCEL, 502, b'{"type":"\\ud800"}')
def test_any_answer_is_an_object_or_a_reaction(call: Call, status: int, body: bytes) -> None:
    try:
        answer, shown = read(call, status, body), None
    except GatewayError as error:
        answer, shown = None, error
    assert isinstance(answer, dict) == (shown is None)
    assert shown is None or 0 < len(shown.message) <= LIMIT
    assert shown is not None or 200 <= status < 300
    if shown and call is CANCEL and status >= 500 and b"PG_PROVIDER" not in body:
        assert shown.reaction is Reaction.ASK_FIRST


def gateway_told(body: object, ask: Callable[[V2Gateway], object]) -> object:
    """What the whole gateway makes of a 200 with this body."""
    with FaultyServer(says(http(json.dumps(body).encode()))) as server:
        gateway = V2Gateway(server.url, "s3cret", "", **LIMITS)
        try:
            return ask(gateway)
        finally:
            gateway.close()


PAID = {"status": "PAID", "id": ORDER, "transactionId": "t-1", "currency": "KRW", "channel": {"type": "LIVE"}}
PAID |= {"amount": {"total": 15_400, "cancelled": 0}}


@pytest.mark.parametrize(
    "change", [{"id": "ord_other"}, {"id": None}, {"amount": None}, {"status": 7}, {"channel": {}}]
)
def test_a_payment_of_somebody_else_or_nobody_proves_nothing(change: dict[str, object]) -> None:
    assert gateway_told(PAID, lambda gateway: gateway.payment(ref("t-1")))
    for ask in (lambda gateway: gateway.payment(ref("t-1")), lambda gateway: gateway.attempts(ORDER)):
        assert refusal(lambda ask=ask: gateway_told(PAID | change, ask)).reaction is Reaction.CALL_HUMAN


def test_a_window_with_nonsense_in_it_is_no_attempt() -> None:
    absurd = {**PAID, "status": "READY", "amount": {"total": 3_000_000_000, "cancelled": 0}}
    assert gateway_told(absurd, lambda gateway: gateway.attempts(ORDER)) == ()


@pytest.mark.parametrize(
    "body",
    [{}, {"cancellation": None}, {"cancellation": []}, {"cancellation": {"status": "SUCCEEDED", "id": "c-1"}}, PAID],
)
def test_a_cancel_whose_answer_makes_no_sense_is_asked_about(body: object) -> None:
    error = refusal(lambda: gateway_told(body, lambda gateway: gateway.cancel(cancel_of("t-1"))))
    assert error.reaction is Reaction.ASK_FIRST
