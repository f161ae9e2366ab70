"""A buyer with a browser: the public HTTP API over a real connection, and PortOne's payment window.

Buyers are users of an external issuer, so that no passwords are hashed; the demo and the tests of pages log in instead.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import requests

from devstack.environment import DEMO_KEYS
from tests import v2
from tests.fake_portone import PortOne
from tests.values import BUYER
from tests.waiting import TIMEOUT, until

ISSUER, SECRET, PREFIX = "https://issuer.example", secrets.token_urlsafe(48), "ext:"
EXTERNAL = {"EXTERNAL_JWT_ISSUER": ISSUER, "EXTERNAL_JWT_SECRET": SECRET, "EXTERNAL_JWT_PREFIX": PREFIX}
"""The settings of a shop that believes the tokens of these buyers."""
NOWHERE = "http://127.0.0.1:9/nobody"
"""The URL of a webhook that never arrives: no process listens on the port of `discard`."""

Json = dict[str, Any]


class Buyer:
    """One user: a new one, or the one `signed_in`, a name with an access token. `statuses` keeps the status of every
    answer.

    A patient one repeats with the same `Idempotency-Key` what was answered with 503, as the contract asks for.
    """

    def __init__(
        self,
        url: str,
        portone: PortOne,
        *,
        patient: bool = False,
        generation: str = "v1",
        signed_in: tuple[str, str] | None = None,
    ) -> None:
        self.url, self.portone, self.patient, self.generation = url, portone, patient, generation
        self.statuses: list[int] = []
        if signed_in is not None:
            self.name, access_token = signed_in
        else:
            there = f"buyer-{secrets.token_hex(6)}"
            self.name = PREFIX + there
            claims = {"iss": ISSUER, "sub": there, "exp": datetime.now(UTC) + timedelta(days=1)}
            access_token = jwt.encode(claims, SECRET, "HS256")
        self._headers = {"Authorization": f"Bearer {access_token}"}

    def get(self, path: str, status: int = 200) -> Json:
        """GET, expecting this status."""
        return self._expect(status, self.send("GET", path))

    def post(self, path: str, body: Json, status: int = 202) -> Json:
        """POST, expecting this status."""
        return self._expect(status, self.send("POST", path, body))

    def send(self, method: str, path: str, body: Json | None = None, **headers: str) -> requests.Response:
        """One request, repeated by a patient buyer until the shop is there."""
        known = {**self._headers, "Idempotency-Key": secrets.token_hex(8), **headers}

        def answered() -> list[requests.Response]:
            answer = requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=known, timeout=60)
            self.statuses.append(answer.status_code)
            return [] if self.patient and answer.status_code == 503 else [answer]

        return until(answered, f"{method} {path} is answered with something else than 503")[0]

    def item_in_stock(self) -> Json:
        """Something of which many pieces are left."""
        items: list[Json] = self.get("/items")["items"]
        return next(item for item in items if (item["stock"] or 0) > 50)

    def open(self, quantity: int = 1, **wish: Any) -> Json:
        """A session as it is right after opening it."""
        item_id = wish.get("item_id") or self.item_in_stock()["id"]
        body = {"quantity": quantity, "generation": self.generation, **BUYER, **wish, "item_id": item_id}
        return self.post("/payments/sessions", body, 201)

    def prepared(self, **wish: Any) -> Json:
        """A session whose window may be opened."""
        return self.wait_for(self.open(**wish), "prepared")

    def session(self, session: Json) -> Json:
        """The session as it is now."""
        return self.get(f"/payments/sessions/{session['session_id']}")

    def wait_for(self, session: Json, status: str, within: float = TIMEOUT) -> Json:
        """The session once it has this status, by long polls."""
        path, tag, now = f"/payments/sessions/{session['session_id']}?wait=2", '"nothing yet"', session

        def reached() -> Json | None:
            nonlocal tag, now
            answer = self.send("GET", path, **{"If-None-Match": tag})
            if answer.status_code != 304:
                now, tag = self._expect(200, answer), answer.headers["ETag"]
            return now if now["status"] == status else None

        try:
            return until(reached, f"a session is {status}", within)
        except AssertionError as late:
            raise AssertionError(f"{late}; at last it was {now}") from None

    def window(self, session: Json, **changed: Any) -> str:
        """Open PortOne's window with exactly what the session says; the `imp_uid`."""
        asked = {**session["checkout"]["params"], **changed}
        path = "v2/payments" if session["generation"] == "v2" else "payments"
        return str(self.portone.control("POST", path, asked)["imp_uid"])

    def pay(self, session: Json, **changed: Any) -> str:
        """Pay in the window; PortOne posts its webhook."""
        imp_uid = self.window(session, **changed)
        self.portone.control("POST", f"payments/{imp_uid}/approve", {})
        return imp_uid

    def pay_without_webhook(self, session: Json) -> str:
        """Pay; the webhook is lost."""
        elsewhere = {"noticeUrls": [NOWHERE]} if session["generation"] == "v2" else {"notice_url": NOWHERE}
        return self.pay(session, **elsewhere)

    def verify(self, session: Json, imp_uid: str) -> Json:
        """Report that the window has closed."""
        return self.post("/payments/verify", named(session, imp_uid))

    def webhook(self, session: Json, imp_uid: str) -> requests.Response:
        """The webhook of this payment: for V1 anybody can post it, for V2 the secret is required."""
        if session["generation"] == "v2":
            secret = DEMO_KEYS["PORTONE_V2_WEBHOOK_SECRETS"]
            webhook = v2.signed_webhook(session["merchant_uid"], imp_uid, "Paid", secret=secret)
            headers = webhook["headers"] | {"Content-Type": webhook["content_type"]}
            return requests.post(f"{self.url}/api/v1/payments/webhook", webhook["data"], headers=headers, timeout=60)
        return self.send("POST", "/payments/webhook", {**named(session, imp_uid), "status": "paid"})

    def paid(self, **wish: Any) -> Json:
        """A session that is paid and verified."""
        session = self.prepared(**wish)
        self.verify(session, self.pay(session))
        return self.wait_for(session, "paid")

    def payment(self, session: Json) -> Json:
        """The payment of a session, with cancellations and timeline."""
        return self.get(f"/payments/{self.session(session)['payment_id']}")

    def cancel(self, session: Json, **wish: Any) -> Json:
        """Ask for money back."""
        payment_id = self.session(session)["payment_id"]
        return self.post(f"/payments/{payment_id}/cancel", {"reason": "마음이 바뀌었어요", **wish})

    def owned(self) -> int:
        """How many pieces are theirs."""
        return sum(entry["quantity"] for entry in self.get("/me/inventory")["items"])

    def _expect(self, status: int, answer: requests.Response) -> Json:
        assert answer.status_code == status, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        body: Json = answer.json()
        return body


def named(session: Json, imp_uid: str) -> Json:
    """How the browser and PortOne name an attempt to pay."""
    if session["generation"] == "v2":
        return {"payment_id": session["merchant_uid"], "transaction_id": imp_uid}
    return {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
