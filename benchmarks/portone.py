"""A stateless stand-in for PortOne: the simulator's recorded answers with other ids and times, after a delay.

The simulator is what the system is tested against, not what is measured here, and it shares the machine. This stand-in
costs a tenth of it and serves every subject alike: `python -m benchmarks.portone --port P --latency S < recording`.
Tokens are answered at once, which favours clients that fetch one for every call. `GET /calls` says how many calls there
were, without those for tokens. `benchmarks.portone_v2` is the same for V2.
"""

import argparse
import asyncio
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

import requests

ORDER: Final = "ord" + "7" * 26
"""The order number in the recording; it has the length of ours."""


@dataclass(frozen=True)
class Recording:
    """Complete answers of the simulator about ORDER, and the `imp_uid` in them."""

    imp_uid: str
    token: str
    find: str
    find_all: str
    several: str
    prepare: str
    unknown: str


def record(simulator: str, key: str, secret: str, amount: int) -> Recording:
    """Pay ORDER at the simulator and record its API's answers about it."""
    order = {"merchant_uid": ORDER, "amount": amount, "pay_method": "card", "sandbox": True}
    opened = requests.post(f"{simulator}/_sim/payments", json=order, timeout=30)
    opened.raise_for_status()
    imp_uid: str = opened.json()["imp_uid"]
    requests.post(f"{simulator}/_sim/payments/{imp_uid}/approve", json={}, timeout=30).raise_for_status()
    login = json.dumps({"imp_key": key, "imp_secret": secret})
    token = answer_of(simulator, "POST", "/users/getToken", "", login)
    access: str = json.loads(token.partition("\r\n\r\n")[2])["response"]["access_token"]
    registered = json.dumps({"merchant_uid": ORDER[:-1] + "8", "amount": amount})
    return Recording(
        imp_uid=imp_uid,
        token=token,
        find=answer_of(simulator, "GET", f"/payments/find/{ORDER}", access),
        find_all=answer_of(simulator, "GET", f"/payments/findAll/{ORDER}?limit=100&sorting=-paid", access),
        several=answer_of(simulator, "GET", f"/payments?merchant_uid%5B%5D={ORDER}", access),
        prepare=answer_of(simulator, "POST", "/payments/prepare", access, registered).replace(ORDER[:-1] + "8", ORDER),
        unknown=answer_of(simulator, "GET", "/payments/find/nobody", access),
    )


def answer_of(simulator: str, method: str, path: str, token: str, body: str = "") -> str:
    """The complete answer, as bytes including the headers."""
    place = urlsplit(simulator)
    head = f"{method} {path} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: {token}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=30) as wire:
        wire.sendall(f"{head}\r\n{body}".encode())
        whole = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    return "\r\n".join(line for line in whole.split("\r\n") if line.lower() != "connection: close")


class TokenIssuer(asyncio.Protocol):
    """One connection of a client."""

    calls: ClassVar[Counter[str]] = Counter()
    """By HTTP method, of all connections; without those for tokens."""

    def __init__(self, answers: dict[str, tuple[bytes, bytes]], imp_uid: bytes, latency: float) -> None:
        self._answers, self._imp_uid, self._latency, self._asked = answers, imp_uid, latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        head, end, body = self._asked.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._asked = b""
        path = head.split(b" ", 2)[1]
        if path == b"/users/getToken":
            self._transport.write(self._token())
            return
        if path == b"/calls":
            content = json.dumps(self.calls).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
            return
        self.calls[head.partition(b" ")[0].decode()] += 1
        asyncio.get_running_loop().call_later(self._latency, self._reply, path, body)

    def _reply(self, path: bytes, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._about(path, body))

    def _about(self, path: bytes, body: bytes) -> bytes:
        if path.startswith(b"/payments?"):
            return self._several(parse_qsl(path.partition(b"?")[2]))
        kind, _, rest = path.removeprefix(b"/payments/").partition(b"/")
        order = rest.partition(b"?")[0]
        if kind == b"prepare":
            order = str(json.loads(body)["merchant_uid"]).encode()
        return self._answer(kind.decode() if kind.decode() in self._answers else "unknown", order)

    def _answer(self, kind: str, order: bytes) -> bytes:
        """The recorded answer of this kind about another order."""
        head, template = self._answers[kind]
        content = self._named(template, order)
        return head % len(content) + content

    def _several(self, query: list[tuple[bytes, bytes]]) -> bytes:
        """One entry for each order, in an array."""
        head, template = self._answers["several"]
        start, end = template.index(b"[") + 1, template.rindex(b"]")
        entries = b", ".join(self._named(template[start:end], order) for _, order in query)
        content = template[:start] + entries + template[end:]
        return head % len(content) + content

    def _named(self, template: bytes, order: bytes) -> bytes:
        """The id of an order's payment is derived from the order, so that no two orders share a payment."""
        return template.replace(ORDER.encode(), order).replace(self._imp_uid, b"imp_" + order[-12:])

    def _token(self) -> bytes:
        head, template = self._answers["token"]
        answer = json.loads(template)
        now = int(time.time())
        answer["response"] |= {"now": now, "expired_at": now + 1800}
        content = json.dumps(answer).encode()
        return head % len(content) + content


def _length(head: bytes) -> int:
    _, there, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if there else 0


def template_of(answer: str) -> tuple[bytes, bytes]:
    """(head with a placeholder for the length, body)."""
    head, _, body = answer.partition("\r\n\r\n")
    lines = [line for line in head.replace("%", "%%").split("\r\n") if not line.lower().startswith("content-length")]
    return "\r\n".join([*lines, "Content-Length: %d", "", ""]).encode(), body.encode()


async def serve(recording: Recording, port: int, latency: float) -> None:
    """Serve until killed."""
    templates = {name: template_of(answer) for name, answer in asdict(recording).items() if name != "imp_uid"}
    answers = {"findAll": templates.pop("find_all")} | templates
    await listen(lambda: TokenIssuer(answers, recording.imp_uid.encode(), latency), port)


async def listen(connection: Callable[[], asyncio.Protocol], port: int) -> None:
    """Serve until killed; `connection` makes the protocol of each."""
    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


def main(module: str, recording: Callable[..., Any], serving: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """Serve the recording on standard input, as `python -m benchmarks.<module>`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.2)
    wanted = parser.parse_args()
    asyncio.run(serving(recording(**json.load(sys.stdin)), wanted.port, wanted.latency))


if __name__ == "__main__":
    main("portone", Recording, serve)
