"""Every way a call can end is classified, and nothing that may have moved money is ever repeated blindly."""

import pytest
import requests
from requests import exceptions as lost
from urllib3 import exceptions as below

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone.call import Call
from pitturu.portone.errors import Unauthorized, Unknown, after_failure, after_refusal, check_status

READ = Call("payments.get", "GET", "/payments/imp_1")
MOVE = Call("payments.cancel", "POST", "/payments/cancel", moves_money=True)
EXCEPTIONS = [
    kind
    for kind in vars(lost).values()
    if isinstance(kind, type) and issubclass(kind, requests.RequestException) and kind is not requests.RequestException
]


NEVER_LEFT = {
    lost.ConnectTimeout,
    lost.ProxyError,
    lost.URLRequired,
    lost.MissingSchema,
    lost.InvalidSchema,
    lost.InvalidURL,
    lost.InvalidProxyURL,
    lost.InvalidHeader,
}
MAY_HAVE_LEFT = {
    lost.InvalidJSONError,
    lost.JSONDecodeError,
    lost.HTTPError,
    lost.SSLError,
    lost.ConnectionError,
    lost.ReadTimeout,
    lost.Timeout,
    lost.TooManyRedirects,
    lost.ChunkedEncodingError,
    lost.ContentDecodingError,
    lost.StreamConsumedError,
    lost.RetryError,
    lost.UnrewindableBodyError,
}


def decided(call: Call, status: int) -> GatewayError | None:
    """What the status alone decides."""
    try:
        check_status(call, status)
    except GatewayError as error:
        return error
    return None


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_every_exception_of_requests_is_classified(kind: type[Exception]) -> None:
    assert kind in NEVER_LEFT | MAY_HAVE_LEFT, f"{kind.__name__} is new: can the request have left when it is raised?"


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_a_move_of_money_is_repeated_only_if_it_never_left(kind: type[Exception]) -> None:
    error = kind.__new__(kind, "made without the arguments that some of them want")
    expected = Reaction.TRY_AGAIN if kind in NEVER_LEFT else Reaction.ASK_FIRST
    assert after_failure(MOVE, error).reaction is expected
    assert after_failure(READ, error).reaction is Reaction.TRY_AGAIN


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        (below.NewConnectionError(None, "refused"), Reaction.TRY_AGAIN),
        (below.ConnectTimeoutError(None, "slow"), Reaction.TRY_AGAIN),
        (below.ProtocolError("Connection aborted.", ConnectionResetError()), Reaction.ASK_FIRST),
        (below.MaxRetryError(None, "/", below.NewConnectionError(None, "no such host")), Reaction.TRY_AGAIN),
        (below.MaxRetryError(None, "/", below.SSLError("bad record mac")), Reaction.ASK_FIRST),
        (below.ClosedPoolError(None, "closed"), Reaction.ASK_FIRST),
    ],
    ids=repr,
)
def test_a_connection_error_is_judged_by_what_it_wraps(wrapped: Exception, expected: Reaction) -> None:
    assert after_failure(MOVE, lost.ConnectionError(wrapped)).reaction is expected


def test_an_earlier_failure_that_is_still_handled_does_not_excuse_this_one() -> None:
    earlier, later = lost.ConnectionError(below.NewConnectionError(None, "refused")), lost.ReadTimeout("no answer")
    later.__context__ = earlier
    assert after_failure(MOVE, later).reaction is Reaction.ASK_FIRST


def test_every_status_is_decided() -> None:
    """In one test: every process collects every test, and sets up and reports each that it runs."""
    for status in range(200, 600):
        read, move = decided(READ, status), decided(MOVE, status)
        shown = status, read and read.reaction, move and move.reaction
        if status == 401:
            assert isinstance(move, Unauthorized)
        elif status == 403:
            assert shown[2] is Reaction.CALL_HUMAN
        elif status == 429:
            assert shown[2] is Reaction.TRY_AGAIN
        elif status in (408, 425) or status >= 500:
            assert shown == (status, Reaction.TRY_AGAIN, Reaction.ASK_FIRST)
        elif 300 <= status < 400:
            assert shown == (status, Reaction.CALL_HUMAN, Reaction.ASK_FIRST)
        else:
            assert shown == (status, None, None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("이미 전액취소된 주문입니다.", Reaction.DONE),
        ("결제정보 사전등록에 실패하였습니다(이미 등록된 merchant_uid입니다).", Reaction.DONE),
        ("취소할 결제건이 존재하지 않습니다.", Reaction.STOP),
        ("취소금액이 잔액과 다릅니다.", Reaction.STOP),
    ],
)
def test_a_refusal_keeps_portones_words(words: str, expected: Reaction) -> None:
    error = after_refusal(200, words)
    assert (error.reaction, error.message) == (expected, words)


def test_not_found_is_a_refusal_of_its_own_kind() -> None:
    assert isinstance(after_refusal(404, "존재하지 않는 결제정보입니다."), Unknown)
