"""The HTTP doors under load: session creation, polling, verify, webhook intake."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import requests

from benchmarks.load import Request, Result, hammer

BUYER = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
API = "/api/v1"


@dataclass(frozen=True)
class Shopper:
    """The demo buyer at one web server."""

    address: str
    token: str
    item_id: str

    def post(self, path: str, body: dict[str, Any]) -> Request:
        """A POST as the buyer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return "POST", API + path, json.dumps(body).encode(), headers

    def wish(self) -> Request:
        """A new session for one piece of something that never runs out."""
        return self.post("/payments/sessions", {"item_id": self.item_id, "quantity": 1, "pay_method": "card", **BUYER})

    def open(self) -> dict[str, Any]:
        """Open one session now."""
        _, path, body, headers = self.wish()
        answer = requests.post(f"http://{self.address}{path}", data=body, headers=headers, timeout=30)
        answer.raise_for_status()
        session: dict[str, Any] = answer.json()
        return session


def shopper(address: str) -> Shopper:
    """Log in and choose."""
    url = f"http://{address}{API}"
    login = requests.post(f"{url}/auth/login", json={"username": "demo", "password": "demo-pass-1234"}, timeout=30)
    login.raise_for_status()
    items = requests.get(f"{url}/items", timeout=30).json()["items"]
    endless = next(item for item in items if item["stock"] is None)
    return Shopper(address, login.json()["access_token"], endless["id"])


def measure(buyer: Shopper, seconds: float) -> dict[str, Result]:
    """Each door by itself, one after the other; the buyer's sessions are there afterwards."""
    sessions = [buyer.open() for _ in range(200)]
    turn = itertools.cycle(sessions)
    numbers = itertools.count()

    def read() -> Request:
        path = f"{API}/payments/sessions/{next(turn)['session_id']}"
        return "GET", path, None, {"Authorization": f"Bearer {buyer.token}"}

    def verify() -> Request:
        return buyer.post("/payments/verify", {"merchant_uid": next(turn)["merchant_uid"]})

    def webhook() -> Request:
        uid = f"imp_{next(numbers):012d}"
        body = {"imp_uid": uid, "merchant_uid": next(turn)["merchant_uid"], "status": "paid"}
        return "POST", f"{API}/payments/webhook", json.dumps(body).encode(), {"Content-Type": "application/json"}

    return {
        "session creation": hammer(buyer.address, buyer.wish, seconds),
        "poll": hammer(buyer.address, read, seconds),
        "verify": hammer(buyer.address, verify, seconds),
        "webhook intake": hammer(buyer.address, webhook, seconds),
    }
