"""A stateless stand-in for PortOne: the simulator's recorded answers with other ids and times, after a delay.

The simulator is what the system is tested against, not what is measured here, and it shares the machine. This stand-in
costs a tenth of it and serves every subject alike: `python -m benchmarks.portone --port P --latency S < recording`.
Tokens are answered at once, which favours clients that fetch one for every call.
"""

import argparse
import asyncio
import json
import socket
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

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
    token = _answer(simulator, "POST", "/users/getToken", "", login)
    access: str = json.loads(token.partition("\r\n\r\n")[2])["response"]["access_token"]
    registered = json.dumps({"merchant_uid": ORDER[:-1] + "8", "amount": amount})
    return Recording(
        imp_uid=imp_uid,
        token=token,
        find=_answer(simulator, "GET", f"/payments/find/{ORDER}", access),
        find_all=_answer(simulator, "GET", f"/payments/findAll/{ORDER}?limit=100&sorting=-paid", access),
        prepare=_answer(simulator, "POST", "/payments/prepare", access, registered).replace(ORDER[:-1] + "8", ORDER),
        unknown=_answer(simulator, "GET", "/payments/find/nobody", access),
    )


def _answer(simulator: str, method: str, path: str, token: str, body: str = "") -> str:
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
        asyncio.get_running_loop().call_later(self._latency, self._reply, path, body)

    def _reply(self, path: bytes, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._about(path, body))

    def _about(self, path: bytes, body: bytes) -> bytes:
        kind, _, rest = path.removeprefix(b"/payments/").partition(b"/")
        order = rest.partition(b"?")[0]
        if kind == b"prepare":
            order = str(json.loads(body)["merchant_uid"]).encode()
        head, template = self._answers.get(kind.decode(), self._answers["unknown"])
        # The id of an order's payment is derived from the order, so that no two orders share a payment.
        content = template.replace(ORDER.encode(), order).replace(self._imp_uid, b"imp_" + order[-12:])
        return head % len(content) + content

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


def _template(answer: str) -> tuple[bytes, bytes]:
    """(head with a placeholder for the length, body)."""
    head, _, body = answer.partition("\r\n\r\n")
    lines = [line for line in head.replace("%", "%%").split("\r\n") if not line.lower().startswith("content-length")]
    return "\r\n".join([*lines, "Content-Length: %d", "", ""]).encode(), body.encode()


async def serve(recording: Recording, port: int, latency: float) -> None:
    """Serve until killed."""
    templates = {name: _template(answer) for name, answer in asdict(recording).items() if name != "imp_uid"}
    answers = {"findAll": templates.pop("find_all")} | templates
    office = recording.imp_uid.encode()
    server = await asyncio.get_running_loop().create_server(
        lambda: TokenIssuer(answers, office, latency), "127.0.0.1", port, backlog=2048
    )
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve the recording."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portone", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.2)
    wanted = parser.parse_args()
    asyncio.run(serve(Recording(**json.load(sys.stdin)), wanted.port, wanted.latency))


if __name__ == "__main__":
    main()
