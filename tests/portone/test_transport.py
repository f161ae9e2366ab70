"""Against servers that do their worst: every call ends in time, in bounded memory, with the right reaction."""

import gzip
import json
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import Generation
from pitturu.portone import deadline, v1_envelope
from pitturu.portone.call import Call
from pitturu.portone.http_adapter import MAX_ANSWER
from pitturu.portone.transport import Timeouts, Transport
from tests.portone.faulty_server import Behaviour, FaultyServer, Peer, envelope, http, says

READ = Call("payments.get", "GET", "/payments/imp_1", subject="imp_1")
MOVE = Call("payments.cancel", "POST", "/payments/cancel", subject="imp_1", moves_money=True, body={"amount": 1})
QUICK = Timeouts(connect=5.0, read=0.3, whole=0.6)
"""Seconds. A dripping server sends a byte each 20 ms, so only `whole` can end its answer."""
PATIENT = Timeouts(connect=5.0, read=20.0, whole=20.0)

TRY_AGAIN, ASK_FIRST, CALL_HUMAN = Reaction.TRY_AGAIN, Reaction.ASK_FIRST, Reaction.CALL_HUMAN
LONG = json.dumps({"code": 0, "message": "x" * 2000, "response": {}}).encode()
HTML = b"<html><body><h1>Bad Gateway</h1></body></html>"


def exchange(url: str, call: Call, timeouts: Timeouts = PATIENT) -> object:
    return Transport(url, v1_envelope.read, Generation.V1, pool_size=4).exchange(call, timeouts, "Bearer tok")


def reactions(url: str, timeouts: Timeouts = PATIENT) -> tuple[Reaction, Reaction]:
    """After a read and after a move of money."""
    found = []
    for call in (READ, MOVE):
        with pytest.raises(GatewayError) as caught:
            exchange(url, call, timeouts)
        assert caught.value.message
        found.append(caught.value.reaction)
    return found[0], found[1]


def cut(data: bytes) -> Behaviour:
    """Send and hang up."""

    def behave(peer: Peer) -> None:
        peer.send(data)
        peer.sock.shutdown(socket.SHUT_RDWR)

    return behave


def endless(start: bytes, filling: bytes) -> Behaviour:
    """Never stop."""

    def behave(peer: Peer) -> None:
        peer.send(start)
        while not peer.closing.is_set():
            peer.send(filling)

    return behave


LOST: dict[str, tuple[Behaviour, Timeouts]] = {
    "reset": (Peer.reset, PATIENT),
    "hangs up": (cut(b""), PATIENT),
    "hangs": (lambda peer: peer.closing.wait(), QUICK),
    "hangs in the body": (lambda peer: peer.send(http(b"{", length=99)) or peer.closing.wait(), QUICK),
    "drips its headers": (lambda peer: peer.drip(http(LONG, 200, *(f"X-{i}: {'y' * 50}" for i in range(20)))), QUICK),
    "drips its body": (lambda peer: peer.send(http(LONG)[:60]) or peer.drip(http(LONG)[60:]), QUICK),
    "promises more than it sends": (cut(http(b'{"code":0,"response":{}}', length=999)), PATIENT),
    "breaks off a chunk": (cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n99\r\n{"), PATIENT),
    "is no HTTP server": (cut(b"220 ESMTP ready\r\n"), PATIENT),
    "sends a thousand headers": (says(http(b"{}", 200, *(f"X-{i}: 1" for i in range(1000)))), PATIENT),
    "502 with a page": (says(http(HTML, 502)), PATIENT),
    "503 in the envelope": (says(envelope(None, -1, "점검 중입니다.", status=503)), PATIENT),
}


@pytest.mark.parametrize("sickness", LOST)
def test_a_lost_answer_is_tried_again_or_asked_about(sickness: str) -> None:
    behaviour, timeouts = LOST[sickness]
    with FaultyServer(behaviour) as server:
        assert reactions(server.url, timeouts) == (TRY_AGAIN, ASK_FIRST)
        assert len(server.requests) == 2, "each call was sent exactly once"


NONSENSE: dict[str, Behaviour] = {
    "half a head": cut(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "a page": says(http(HTML)),
    "a page with 404": says(http(HTML, 404)),
    "nothing": says(http(b"")),
    "no content": says(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a redirect": says(http(b"", 302, "Location: /elsewhere")),
    "a redirect with a wild address": says(http(b"x" * 99, 307, "Location: http://[\xff")),
    "a list": says(http(b"[]")),
    "no code": says(http(b'{"message":null,"response":{}}')),
    "a true code": says(http(b'{"code":false,"response":{}}')),
    "two codes": says(http(b'{"code":0,"code":1,"response":{}}')),
    "NaN": says(http(b'{"code":0,"response":{"amount":NaN}}')),
    "deep nesting": says(http(b"[" * 100_000)),
    "invalid UTF-8": says(http(b'{"code":0,"response":"\xff"}')),
    "success without a response": says(envelope(None)),
    "success with 404": says(envelope({}, status=404)),
    "uninvited compression": says(http(gzip.compress(b'{"code":0,"response":{}}'), 200, "Content-Encoding: gzip")),
    "a huge body": endless(http(b"", length=MAX_ANSWER * 99), b" " * 65536),
    "endless chunks": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n"
    ),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_an_unreadable_answer_needs_an_operator_unless_money_may_have_moved(nonsense: str) -> None:
    with FaultyServer(NONSENSE[nonsense]) as server:
        assert reactions(server.url) == (CALL_HUMAN, ASK_FIRST)
        assert len(server.requests) == 2, "no redirect was followed and nothing was sent again"


def test_an_endless_line_ends() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for start in (b"", b"HTTP/1.1 200 OK\r\nX: ", chunks):
        with FaultyServer(endless(start, b"0" * 65536)) as server:
            after_read, after_move = reactions(server.url)
        # Versions of urllib3 differ in whether they notice the line before we notice the size.
        assert after_read in (TRY_AGAIN, CALL_HUMAN)
        assert after_move is ASK_FIRST


def refused_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


UNREACHABLE: dict[str, Callable[[], str]] = {
    "nobody listens": refused_port,
    "no such name": lambda: "http://portone.invalid",
    "a name that cannot be": lambda: f"http://{'x' * 64}.example",
}


@pytest.mark.parametrize("reason", UNREACHABLE)
def test_what_never_left_is_tried_again(reason: str) -> None:
    assert reactions(UNREACHABLE[reason]()) == (TRY_AGAIN, TRY_AGAIN)


def test_a_connection_that_is_not_accepted_in_time_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        timeouts = Timeouts(connect=0.3, read=20.0, whole=20.0)
        assert reactions(f"http://127.0.0.1:{address[1]}", timeouts) == (TRY_AGAIN, TRY_AGAIN)
        for sock in waiting:
            sock.close()


def test_nothing_is_sent_when_no_time_is_left() -> None:
    with FaultyServer(says(envelope({}))) as server, deadline.within(0), pytest.raises(GatewayError) as caught:
        exchange(server.url, MOVE)
    assert caught.value.reaction is TRY_AGAIN
    assert server.connections == 0


def test_a_refusal_carries_portones_words_and_no_control_characters() -> None:
    words = "취소할\u0000 결제건이\ud800 없습니다."
    with FaultyServer(says(envelope(None, 1, words))) as server, pytest.raises(GatewayError) as caught:
        exchange(server.url, MOVE)
    assert (caught.value.reaction, caught.value.message) == (Reaction.STOP, "취소할  결제건이  없습니다.")


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, refused_port())
    with FaultyServer(says(envelope({"ok": 1}))) as server:
        assert exchange(server.url, READ) == {"ok": 1}


def test_one_connection_serves_many_calls_and_keeps_no_cookie() -> None:
    with FaultyServer(says(http(b'{"code":0,"response":{}}', 200, "Set-Cookie: a=b; Path=/"))) as server:
        transport = Transport(server.url, v1_envelope.read, Generation.V1, pool_size=4)
        for _ in range(5):
            transport.exchange(READ, PATIENT, "Bearer tok")
    assert server.connections == 1
    assert not any("cookie" in request.headers for request in server.requests)


def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    closed = threading.Event()

    def behave(peer: Peer) -> None:
        peer.send(envelope({}))
        peer.sock.shutdown(socket.SHUT_RDWR)
        closed.set()

    with FaultyServer(behave) as server:
        transport = Transport(server.url, v1_envelope.read, Generation.V1, pool_size=4)
        transport.exchange(READ, PATIENT, "Bearer tok")
        assert closed.wait(20)
        transport.exchange(MOVE, PATIENT, "Bearer tok")
    assert server.connections == 2


def test_many_threads_each_get_their_own_answer() -> None:
    with FaultyServer(lambda peer: peer.send(envelope({"target": peer.request.target}))) as server:
        transport = Transport(server.url, v1_envelope.read, Generation.V1, pool_size=16)
        paths = [f"/payments/imp_{number}" for number in range(400)]
        with ThreadPoolExecutor(40) as threads:
            answers = threads.map(lambda path: transport.exchange(Call("x", "GET", path), PATIENT, "Bearer tok"), paths)
        assert list(answers) == [{"target": path} for path in paths]


def test_a_call_is_one_line_of_log_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pitturu.portone")
    secret = Call("users.getToken", "POST", "/users/getToken", body={"imp_secret": "hush"})
    with FaultyServer(says(envelope({"access_token": "tok"}))) as server:
        Transport(server.url, v1_envelope.read, Generation.V1, pool_size=1).exchange(secret, PATIENT, "Bearer tok")
    (record,) = [record for record in caplog.records if record.name.startswith("pitturu.")]
    fields = {name: getattr(record, name) for name in ("call", "subject", "status", "outcome", "attempt")}
    assert fields == {"call": "users.getToken", "subject": "", "status": 200, "outcome": "ok", "attempt": 1}
    assert record.getMessage() == "portone.call"
    assert record.duration_ms >= 0
    assert "hush" not in str(vars(record))
    assert "'tok'" not in str(vars(record))


@pytest.mark.parametrize(
    "url", ["", "api.iamport.kr", "ftp://api.iamport.kr", "https://", "https://a/?b", "https://a/#b"]
)
def test_a_base_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        Transport(url, v1_envelope.read, Generation.V1, pool_size=1)
