"""HTTP clients: a buyer of the shop, and the simulator's control API for the payment window and the bank."""

import time
from collections.abc import Callable

from scripts.demo.web import Json, StepFailed, Web

API = "/api/v1"
BUYER = {"buyer_name": "김하나", "buyer_email": "hana@example.org", "buyer_tel": "010-1234-5678"}
PIECES = 2
"""How many units of an item the demo buys at once."""


class PortOne:
    """The simulator's control API: the actions of a buyer in the payment window, and at the bank."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def open_window(self, session: Json) -> str:
        """Open the window with the session's parameters; returns the attempt's `imp_uid`, or `transactionId` in V2."""
        path = "v2/payments" if session["generation"] == "v2" else "payments"
        return str(self._post(path, session["checkout"]["params"], 201)["imp_uid"])

    def approve(self, imp_uid: str) -> Json:
        """Confirm in the window; for a virtual account the account is issued."""
        return self._post(f"payments/{imp_uid}/approve", {}, 200)

    def deposit(self, imp_uid: str) -> Json:
        """Transfer the money to the virtual account."""
        return self._post(f"payments/{imp_uid}/deposit", {}, 200)

    def _post(self, path: str, body: Json, status: int) -> Json:
        answer: Json = self._web.post(f"/_sim/{path}", body, status).json()
        return answer


class Buyer:
    """The demo user of the public API. `timeouts` is the timeout in seconds for a session to reach a status.

    `generation` is which of PortOne's APIs the purchases use.
    """

    def __init__(self, web: Web, timeout: float, generation: str) -> None:
        self._web, self._timeout, self.generation = web, timeout, generation

    def log_in_with(self, token: str) -> None:
        """Use this token for all following requests."""
        self._web.sign_in(token)

    def log_in(self, username: str, password: str) -> str:
        """Get a token for all following requests; returns the role."""
        body = {"username": username, "password": password}
        self._web.sign_in(self._web.post(f"{API}/auth/login", body, 200).json()["access_token"])
        return str(self._get("/me")["role"])

    def this_login(self) -> tuple[Json, int]:
        """The login of this demo in the list of the user's logins, and how many there are."""
        logins: list[Json] = self._get("/auth/logins")["items"]
        return next(login for login in logins if login["current"]), len(logins)

    def choose(self) -> tuple[Json, int]:
        """An item with enough stock, preferably with a limited one, and the number of items."""
        items = self.items()
        enough = [item for item in items if item["stock"] is None or item["stock"] >= PIECES]
        if not enough:
            advice = "Stop `make run`, remove its data in .pitturu and start it again for a full shop."
            raise StepFailed(f"an item with {PIECES} pieces left", f"{len(items)} items, all sold out", advice)
        return min(enough, key=lambda item: item["stock"] is None), len(items)

    def items(self) -> list[Json]:
        """The catalogue."""
        found: list[Json] = self._get("/items")["items"]
        return found

    def open(self, item: Json, pay_method: str, key: str) -> tuple[Json, bool]:
        """Open a session; and whether the response is a replayed one."""
        order = {"item_id": item["id"], "quantity": PIECES, "pay_method": pay_method}
        body = {**order, "generation": self.generation, **BUYER}
        answer = self._web.post(f"{API}/payments/sessions", body, 201, **{"Idempotency-Key": key})
        return answer.json(), answer.headers.get("Idempotency-Replayed") == "true"

    def wait_for(self, session: Json, wanted: str, tell: Callable[[str], None]) -> Json:
        """Long-poll until the session has this status. Raises StepFailed after the timeout."""
        path, tag, now = f"{API}/payments/sessions/{session['session_id']}", "", session
        end = time.monotonic() + self._timeout
        while now["status"] != wanted or not tag:
            left = end - time.monotonic()
            if left < 0:
                advice = "Look at the worker's lines in `make run`; a slow machine may need --timeout 120."
                raise StepFailed(f"status {wanted}", f"{now['status']} for {self._timeout:g} s", advice)
            answer = self._web.get(f"{path}?wait={min(int(left), 20)}", **{"If-None-Match": tag or '"unknown"'})
            if answer.status_code == 200:
                now, tag = answer.json(), answer.headers["ETag"]
                tell(now["status"])
        return now

    def verify(self, session: Json, imp_uid: str) -> Json:
        """Report that the window has closed."""
        body = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
        if session["generation"] == "v2":
            body = {"payment_id": session["merchant_uid"], "transaction_id": imp_uid}
        answer: Json = self._web.post(f"{API}/payments/verify", body, 202).json()
        return answer

    def payment(self, session: Json) -> Json:
        """The payment of a session, with cancellations and timeline."""
        return self._get(f"/payments/{session['payment_id']}")

    def cancel(self, session: Json, **options: object) -> Json:
        """Request a refund."""
        body = {"reason": "데모: 마음이 바뀌었어요", **options}
        answer: Json = self._web.post(f"{API}/payments/{session['payment_id']}/cancel", body, 202).json()
        return answer

    def history(self) -> list[Json]:
        """The newest payments."""
        found: list[Json] = self._get("/me/payments")["items"]
        return found

    def owned(self, item: Json) -> int:
        """How many units of this item the buyer owns."""
        return sum(entry["quantity"] for entry in self._get("/me/inventory")["items"] if entry["item_id"] == item["id"])

    def _get(self, path: str) -> Json:
        answer: Json = self._web.get(f"{API}{path}").json()
        return answer
