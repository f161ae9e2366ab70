"""Buyers who make one purchase after the other, each from opening the session until it is paid."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Final

import requests

from benchmarks.environment import Environment

API: Final = "/api/v1"
BUYER: Final = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
TIMEOUT: Final = 60.0
"""Seconds after which a purchase counts as lost."""


@dataclass(frozen=True)
class Purchase:
    """The time of the verify request (`time.monotonic`), the seconds until it was paid, and the refused requests."""

    at: float
    seconds: float
    paid: bool
    refused: int


def buy(here: Environment, address: str, seconds: float, buyers: int) -> list[Purchase]:
    """All purchases that were started within `seconds`."""
    token = _log_in(address)
    item = next(
        one for one in requests.get(f"http://{address}{API}/items", timeout=30).json()["items"] if one["stock"] is None
    )
    found: list[Purchase] = []
    begun = time.monotonic()

    def buyer() -> None:
        customer = Customer(here, address, token, item["id"])
        while time.monotonic() - begun < seconds:
            found.append(customer.purchase())

    threads = [threading.Thread(target=buyer) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found, key=lambda one: one.at)


class Customer:
    """One browser."""

    def __init__(self, here: Environment, address: str, token: str, item_id: str) -> None:
        self._here, self._item_id, self._refused = here, item_id, 0
        self._url = f"http://{address}{API}"
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._browser.headers["Authorization"] = f"Bearer {token}"

    def purchase(self) -> Purchase:
        """Open the session, pay in PortOne's window, verify, poll until it is paid."""
        self._refused = 0
        order = {"item_id": self._item_id, "quantity": 1, "pay_method": "card", **BUYER}
        session = self._ask("POST", "/payments/sessions", order)
        order = {"merchant_uid": session["merchant_uid"], "amount": session["amount"], "pay_method": "card"}
        imp_uid = self._here.control("POST", "payments", order | {"sandbox": True})["imp_uid"]
        self._here.control("POST", f"payments/{imp_uid}/approve", {})
        asked = time.monotonic()
        self._ask("POST", "/payments/verify", {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]})
        status = ""
        while status != "paid" and time.monotonic() - asked < TIMEOUT:
            status = self._ask("GET", f"/payments/sessions/{session['session_id']}?wait=5")["status"]
        return Purchase(asked, time.monotonic() - asked, status == "paid", self._refused)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Repeat the request until it succeeds, as the page does; count the failures."""
        while True:
            try:
                answer = self._browser.request(method, self._url + path, json=body, timeout=30)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.ok:
                said: dict[str, Any] = answer.json()
                return said
            self._refused += 1
            time.sleep(0.2)


def in_words(purchases: Sequence[Purchase]) -> str:
    """One line about these purchases."""
    took = [one.seconds for one in purchases]
    percent = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    lost, refused = sum(not one.paid for one in purchases), sum(one.refused for one in purchases)
    return (
        f"{len(took):5d} purchases, from verify to paid: p50 {percent[49] * 1000:6.0f} ms,"
        f" p99 {percent[98] * 1000:6.0f} ms,"
        f" slowest {max(took, default=0):.1f} s; {refused} requests refused, {lost} not paid in {TIMEOUT:.0f} s"
    )


def _log_in(address: str) -> str:
    credentials = {"username": "demo", "password": "demo-pass-1234"}
    answer = requests.post(f"http://{address}{API}/auth/login", json=credentials, timeout=30)
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token
