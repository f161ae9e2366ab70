"""More clients for the tests of V2: its REST API, and a server that records webhooks."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from portone_simulator import Running
from tests import portone_sdk
from tests.portone_simulator.clients import SimulatorClient, order_id
from tests.waiting import POLL

OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
"""Secrets of webhooks."""
V2_SECRET, STORE = "v2_api_secret", "store-11111111-2222-4333-8444-555555555555"
ACCOUNT = {"bank": "SHINHAN", "number": "110123456789", "holderName": "Kim Yuna"}


class V2SimulatorClient(SimulatorClient):
    """Both APIs of PortOne, and the control API."""

    def __init__(self, running: Running) -> None:
        running.wipe()
        super().__init__(running)

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """One call of V2 with the secret."""
        headers = {"Authorization": f"PortOne {V2_SECRET}", **more.pop("headers", {})}
        return self.http.request(method, f"{self.running.url}/v2{path}", headers=headers, timeout=30, **more)

    def found(self, path: str, **body: Any) -> Any:
        """The body of a GET that must succeed; `body` goes along as V2's lists want it."""
        answer = self.ask("GET", path, params={"requestBody": json.dumps(body)} if body else None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def give_back(self, payment_id: str, **wish: Any) -> requests.Response:
        """`POST /payments/{paymentId}/cancel`."""
        return self.ask("POST", f"/payments/{payment_id}/cancel", json={"reason": "returned", **wish})

    def order(self, *moves: str, **order: Any) -> tuple[str, str]:
        """paymentId and transactionId of a payment of V2 after these control actions; `order` in V1's words."""
        payment_id = order.setdefault("merchant_uid", order_id())
        transaction_id = self.opened(generation="v2", **order)
        for move in moves:
            self.act(transaction_id, move)
        return payment_id, transaction_id

    def advance(self, minutes: float) -> None:
        """Advance the clock, and send what becomes due."""
        self.control("POST", "/clock", {"advance": minutes * 60})
        self.webhooks()


def refused(answer: requests.Response) -> tuple[int, str]:
    """HTTP status and type of an answer that says no."""
    return answer.status_code, answer.json()["type"]


@dataclass(frozen=True)
class Posted:
    """A webhook as it was received."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.raw)

    @property
    def news(self) -> str:
        """The reported event, in version 2024-04-25."""
        return str(self.body["type"]).removeprefix("Transaction.")

    @property
    def name(self) -> str:
        """The webhook's id, which is the same in every attempt."""
        return self.headers["webhook-id"]

    @property
    def marks(self) -> list[str]:
        """Its signatures."""
        return self.headers["webhook-signature"].split(" ")

    @property
    def sent_at(self) -> int:
        """The signed timestamp."""
        return int(self.headers["webhook-timestamp"])

    def genuine(self, secret: str) -> bool:
        """Whether PortOne's SDK makes the same signature."""
        return portone_sdk.signature(secret, self.name, self.sent_at, self.raw.decode()) in self.marks


class WebhookReceiver:
    """A server that records what is posted to it. It responds with 200 unless `answers` says otherwise."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.posted: list[Posted] = []
        self.answers: list[int] = []

    def news(self) -> list[str]:
        """Everything received, in order."""
        return [posted.news for posted in self.posted]


@contextmanager
def open_receiver() -> Iterator[WebhookReceiver]:
    """A receiver on a free port."""

    class Slot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posted.append(
                Posted(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
            )
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
    receiver = WebhookReceiver(f"http://127.0.0.1:{server.server_port}/webhook")
    threading.Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
