"""One purchase's requests to the shop over HTTP, and the acknowledgements."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from chaos.accounts import API, Operator
from chaos.browser import Answer, Browser, Json
from chaos.catalogue import SoldItem
from chaos.notes import Notes
from chaos.plan import Purchase

FLOOD: Final = 40
"""Webhooks of one flood."""

ACCOUNT: Final = {"bank": "088", "number": "110-123-456789", "holder": "김하나"}


class ShopClient:
    """The requests of one purchase. Every POST has its own `Idempotency-Key` and is repeated with it until answered."""

    def __init__(
        self, browser: Browser, notes: Notes, purchase: Purchase, token: str, operator: Operator, timeout: float
    ) -> None:
        """`timeout` is how long the buyer waits for a status, in seconds, before closing the page."""
        self._browser, self._notes, self._purchase, self._timeout = browser, notes, purchase, timeout
        self._headers, self._operator = _bearer(token), operator
        self.opened_at = time.time()

    def open(self, items: Mapping[str, SoldItem]) -> Json | None:
        """Open a session; None when the shop refused, for example because it is sold out."""
        purchase = self._purchase
        lines = [_wanted(items[line.item], line.quantity, by_sku=purchase.by_sku) for line in purchase.lines]
        single = len(lines) == 1 and purchase.as_single and not purchase.by_sku
        order = {
            **(lines[0] if single else {"items": lines}),
            "generation": purchase.generation,
            "pay_method": purchase.method,
            "buyer_name": "김하나",
            "buyer_email": purchase.email,
            "buyer_tel": "010-1234-5678",
        }
        answer = self._post("/payments/sessions", order, loses=purchase.lost_answers)
        if answer.status != 201:
            self._notes.add("refused", purchase=purchase.number, status=answer.status, code=answer.body.get("code"))
            return None
        self._notes.add("opened", purchase=purchase.number, session_id=answer.body["session_id"])
        return answer.body

    def read(self, session: Json, wait: int = 0) -> Json:
        """The session as it is now, or when it changes."""
        path = f"{API}/payments/sessions/{session['session_id']}" + (f"?wait={wait}" if wait else "")
        answer = self._browser.request("GET", path, None, **self._headers)
        return answer.body if answer.status == 200 else session

    def ready(self, session: Json) -> Json:
        """The session once its window may open, or as it is after the buyer's time limit."""
        return self._follow(session, lambda now: bool(now["checkout"]) and not now["checkout"]["ready"])

    def opens_window(self, session: Json) -> None:
        """Report that the payment window opens, as the storefront does."""
        self._post(f"/payments/sessions/{session['session_id']}/window", {})

    def settled(self, session: Json) -> Json:
        """The session once it has an outcome, or as it is after the buyer's time limit."""
        waits = ("created", "prepared", "verifying")
        return self._follow(session, lambda now: now["status"] in waits)

    def verify(self, session: Json, attempt: str) -> None:
        """Report that the window has closed; some buyers click twice."""
        names = ("payment_id", "transaction_id") if session["generation"] == "v2" else ("merchant_uid", "imp_uid")
        body = dict(zip(names, (session["merchant_uid"], attempt), strict=True))
        purchase = self._purchase
        if purchase.double_verify:
            answer = self._browser.request_twice("POST", f"{API}/payments/verify", body, **self._headers)
        else:
            answer = self._post("/payments/verify", body, loses=purchase.lost_answers)
        self._notes.add("verified", purchase=purchase.number, session_id=session["session_id"], status=answer.status)

    def again(self, session: Json) -> Json:
        """Try again after a declined payment."""
        answer = self._post(f"/payments/sessions/{session['session_id']}/prepare", {})
        return answer.body if answer.status == 202 else session

    def give_up(self, session: Json) -> None:
        """Close the checkout."""
        self._post(f"/payments/sessions/{session['session_id']}/close", {})

    def give_back(self, session: Json, *, loses: bool = False, twice: bool = False, **options: Any) -> None:
        """Request a refund by the buyer, of everything unless the options contain a quantity."""
        self._cancel(session, self._headers, options, loses=loses, twice=twice)

    def one_piece(self, session: Json) -> Json:
        """How to request one piece back: by its number where the order has one line, otherwise of the last line."""
        if session["line_count"] == 1:
            return {"quantity": 1}
        return {"lines": [{"line_id": self._line_ids(session)[-1][0], "quantity": 1}]}

    def some_lines(self, session: Json) -> list[Json]:
        """Every other line of the order, whole, beginning with the first."""
        return [{"line_id": name, "quantity": owned} for name, owned in self._line_ids(session)[::2]]

    def _line_ids(self, session: Json) -> list[tuple[str, int]]:
        """The lines of the payment, with the pieces that the buyer has."""
        payment = self._browser.request("GET", f"{API}/payments/{session['payment_id']}", None, **self._headers).body
        return [(line["line_id"], line["owned"]) for line in payment["lines"]]

    def refund(self, session: Json, amount: int, *, loses: bool = False) -> None:
        """Refund a part of the price as an operator."""
        self._cancel(session, _bearer(self._operator.token()), {"amount": amount}, loses=loses)

    def ship(self, session: Json) -> None:
        """The shop records that it has sent the goods, from when on the buyer gets nothing back without a person."""
        path = f"/operations/payments/{session['payment_id']}/fulfilment"
        parts = [{"line_id": name} for name, _ in self._line_ids(session)] if session["line_count"] > 1 else [{}]
        bodies = [{"fulfilment": "shipped", **part} for part in parts]
        answers = [self._post(path, body, _bearer(self._operator.token())) for body in bodies]
        if all(answer.status == 200 for answer in answers):
            self._notes.add("shipped", payment_id=session["payment_id"], since=time.time())

    def decide(self, session: Json, what: str) -> None:
        """The shop approves or rejects what the buyer asks to return."""
        path = f"{API}/payments/{session['payment_id']}"
        payment = self._browser.request("GET", path, None, **self._headers).body
        for row in payment.get("cancellations", []):
            if row["stage"] == "return_requested":
                path = f"/operations/approvals/{row['cancellation_id']}/{what}"
                self._post(path, {"reason": "사용 흔적이 있습니다"}, _bearer(self._operator.token()))

    def flood(self, session: Json) -> None:
        """Post many forged webhooks in V1's unsigned form about one order: each names another payment."""
        for number in range(FLOOD):
            body = {"imp_uid": f"imp_{secrets.randbelow(10**12):012}", "merchant_uid": session["merchant_uid"]}
            self._browser.request("POST", f"{API}/payments/webhook", {**body, "status": f"forged {number}"})

    def _cancel(
        self, session: Json, headers: dict[str, str], options: Json, *, loses: bool = False, twice: bool = False
    ) -> None:
        payment_id = session["payment_id"]
        body = {"reason": "마음이 바뀌었어요", **options}
        if session["pay_method"] == "vbank":
            body["refund_account"] = ACCOUNT
        self._notes.add("cancel request", purchase=self._purchase.number, payment_id=payment_id)
        answer = self._post(f"/payments/{payment_id}/cancel", body, headers, loses=loses, twice=twice)
        known = [row["cancellation_id"] for row in answer.body.get("cancellations", [])]
        code = answer.body.get("code")
        self._notes.add("cancel", payment_id=payment_id, status=answer.status, code=code, cancellations=known)

    def forge_v2(self, session: Json, attempt: str) -> None:
        """Post a webhook as V2 would, without knowing the secret."""
        data = {"paymentId": session["merchant_uid"], "transactionId": attempt, "storeId": "store-forged"}
        news = {"type": "Transaction.Paid", "timestamp": "2026-01-01T00:00:00.000Z", "data": data}
        mark = {
            "webhook_id": "wh_forged",
            "webhook_timestamp": str(int(time.time())),
            "webhook_signature": "v1,Zm9yZ2Vk",
        }
        answer = self._browser.request("POST", f"{API}/payments/webhook", news, **mark)
        self._notes.add("forged", merchant_uid=session["merchant_uid"], status=answer.status)

    def _post(
        self,
        path: str,
        body: Json,
        who: dict[str, str] | None = None,
        *,
        loses: bool = False,
        twice: bool = False,
    ) -> Answer:
        headers = {**(who or self._headers), "Idempotency_Key": secrets.token_hex(12)}
        if loses:
            self._browser.request_and_disconnect("POST", API + path, body, **headers)
        ask = self._browser.request_twice if twice else self._browser.request
        return ask("POST", API + path, body, **headers)

    def _follow(self, session: Json, goes_on: Callable[[Json], bool]) -> Json:
        """Poll at the interval that the shop asks for; some buyers use long polls."""
        deadline, long_polls = time.monotonic() + self._timeout, self._purchase.slowness > 0.8
        while goes_on(session) and time.monotonic() < deadline:
            self._browser.pause(0.05 if long_polls else min(session["poll_after_ms"] or 500, 1000) / 1000)
            session = self.read(session, wait=2 if long_polls else 0)
        return session


def _wanted(item: SoldItem, quantity: int, *, by_sku: bool) -> Json:
    return {**({"sku": item.sku} if by_sku else {"item_id": item.item_id}), "quantity": quantity}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
