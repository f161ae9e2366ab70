"""Clients for the tests of the simulator: the REST API, the control API, and a shop that receives webhooks."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from portone_simulator import Running
from tests.waiting import POLL

KEY, SECRET = "imp_apikey", "imp_secret"
_ORDERS = itertools.count(1)


def order_id() -> str:
    """An order id nobody has used."""
    return f"order{next(_ORDERS):08d}"


class SimulatorClient:
    """Both APIs of one running simulator."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.http = requests.Session()
        self.http.trust_env = False
        """Neither proxies nor `.netrc` are looked for, which would take as long as an answer."""

    def token(self) -> str:
        """The access token that everybody shares."""
        answer = self.http.post(f"{self.running.url}/users/getToken", json={"imp_key": KEY, "imp_secret": SECRET})
        return str(answer.json()["response"]["access_token"])

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """One REST call with a valid token."""
        headers = {"Authorization": self.token(), **more.pop("headers", {})}
        return self.http.request(method, f"{self.running.url}{path}", headers=headers, timeout=30, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The payload of a GET that must succeed."""
        return accepted(self.call("GET", path, **more))

    def cancel(self, **wish: Any) -> requests.Response:
        """`POST /payments/cancel`."""
        return self.call("POST", "/payments/cancel", json=wish)

    def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """One call of the control API that must answer with this HTTP status."""
        answer = self.http.request(method, f"{self.running.url}/_sim{path}", json=body, timeout=60)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def settings(self, **switches: Any) -> None:
        """Turn switches."""
        self.control("PATCH", "/settings", switches)

    def faults(self, *faults: dict[str, Any]) -> None:
        """These faults and no others."""
        self.control("PUT", "/faults", {"faults": list(faults)})

    def opened(self, **order: Any) -> str:
        """The imp_uid of a payment whose window has just opened."""
        body = {"merchant_uid": order_id(), "amount": 1000, "pay_method": "card", **order}
        return str(self.control("POST", "/payments", body, expect=201)["imp_uid"])

    def refused(self, **order: Any) -> dict[str, Any]:
        """What the browser receives when the window does not open."""
        refusal: dict[str, Any] = self.control("POST", "/payments", order, expect=409)
        return refusal

    def act(self, imp_uid: str, action: str, **body: Any) -> dict[str, Any]:
        """An action on a payment; returns what the browser would receive."""
        callback: dict[str, Any] = self.control("POST", f"/payments/{imp_uid}/{action}", body)
        return callback

    def paid(self, **order: Any) -> str:
        """The imp_uid of an approved payment; a virtual account is paid into."""
        imp_uid = self.opened(**order)
        self.act(imp_uid, "approve")
        if order.get("pay_method") == "vbank":
            self.act(imp_uid, "deposit")
        return imp_uid

    def shown(self, imp_uid: str) -> dict[str, Any]:
        """The payment as the control API shows it."""
        payment: dict[str, Any] = self.control("GET", f"/payments/{imp_uid}")
        return payment

    def webhooks(self) -> list[dict[str, Any]]:
        """The webhook log, once nothing is under way."""
        assert self.running.wait_for_webhooks()
        log: list[dict[str, Any]] = self.control("GET", "/webhooks")["webhooks"]
        return log


def accepted(answer: requests.Response) -> Any:
    """The payload of an answer that says yes."""
    body = answer.json()
    assert (answer.status_code, body["code"], body["message"]) == (200, 0, None), answer.text
    return body["response"]


def refusal(answer: requests.Response, http: int = 200) -> tuple[int, str]:
    """Code and message of an answer that says no."""
    body = answer.json()
    assert answer.status_code == http, answer.text
    assert body["response"] is None
    assert body["code"] != 0
    return body["code"], body["message"]


class Shop:
    """A server that receives webhooks and confirm requests, and responds as configured: a status, or a status and
    JSON."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(self, status: int, **body: Any) -> None:
        """The response to the next request; 200 by default."""
        self.answers.append((status, body))

    def statuses(self) -> list[str]:
        """The statuses announced, in the order of arrival."""
        return [webhook["body"]["status"] for webhook in self.received]


@contextmanager
def open_shop() -> Iterator[Shop]:
    """A shop that listens on a free port."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.headers["Content-Type"]
            body = json.loads(raw) if "json" in kind else dict(pair.split("=") for pair in raw.decode().split("&"))
            shop.received.append({"path": self.path, "type": kind, "body": body})
            status, answer = shop.answers.pop(0) if shop.answers else (200, {})
            shop.may_answer.wait(20)
            reply = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: Any) -> None:
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    shop = Shop(f"http://127.0.0.1:{server.server_port}/webhook")
    threading.Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
    try:
        yield shop
    finally:
        shop.may_answer.set()
        server.shutdown()
        server.server_close()
