"""The shop's own server in the demo: an API key, a guest's order, a client token, events, a cancel by line."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.demo.clients import API, BUYER, Buyer, PortOne
from scripts.demo.events import EventReceiver
from scripts.demo.output import Output
from scripts.demo.web import Json, StepFailed, Web

SCOPES = ["sessions:write", "payments:read", "payments:cancel"]
SHIPPING, WRAPPING = 3_000, 2_000
PIECES = 2
"""Pieces of the tax-free line; one of them goes back."""


class ShopServer:
    """One order of a guest. `admin` is the shop's HTTP client of an operator who may make keys and endpoints, `web` the
    one of the shop's server, `browser` that of the guest, who has nothing but a client token."""

    def __init__(
        self,
        admin: Web,
        web: Web,
        browser: Buyer,
        portone: PortOne,
        events: EventReceiver,
        timeout: float,
        output: Output,
    ) -> None:
        self._admin, self._web, self._browser, self._portone = admin, web, browser, portone
        self._events, self._timeout, self._output = events, timeout, output
        self._number = f"DEMO-{secrets.token_hex(4)}"

    def sell(self) -> None:
        """The whole order. The key and the endpoint are removed at the end."""
        heading = f"The shop's own server sells to a guest, paid through PortOne {self._browser.generation.upper()}"
        self._output.heading(heading)
        with self._key(), self._endpoint():
            session = self._open()
            self._pay(session)
            self._expect_event("payment.paid", session, session["amount"], 0)
            back = self._give_back(session)
            self._expect_event("payment.partially_cancelled", session, session["amount"], back)

    @contextmanager
    def _key(self) -> Iterator[None]:
        name = f"demo-{secrets.token_hex(4)}"
        with self._output.step("Make an API key as an admin") as step:
            made = self._admin.put(f"{API}/api-keys/{name}", {"scopes": SCOPES}, 201).json()
            self._web.sign_in(made["key"])
            step.seen = f"{name}: {made['key'][:11]}…, {', '.join(made['scopes'])}"
        yield
        with self._output.step("End the key") as step:
            self._admin.delete(f"{API}/api-keys/{name}")
            step.seen = f"{name} is refused from now on"

    @contextmanager
    def _endpoint(self) -> Iterator[None]:
        with self._output.step("Register an endpoint for events") as step:
            body = {"url": self._events.url, "description": "make demo"}
            made = self._admin.post(f"{API}/event-endpoints", body, 201).json()
            self._events.secret = made["secret"]
            step.seen = f"{made['endpoint_id']}, {self._events.url}"
        yield
        with self._output.step("Delete the endpoint"):
            self._admin.delete(f"{API}/event-endpoints/{made['endpoint_id']}")

    def _open(self) -> Json:
        with self._output.step("Open a session for a guest with the key") as step:
            book = self._tax_free_item()
            lines = [
                {"item_id": book["id"], "quantity": PIECES},
                {"name": "선물 포장", "unit_price": WRAPPING, "quantity": 1},
            ]
            order = {"items": lines, "shipping": SHIPPING, "reference": self._number, **BUYER}
            body = {**order, "generation": self._browser.generation, "pay_method": "card"}
            session: Json = self._web.post(f"{API}/payments/sessions", body, 201).json()
            free = book["price"] * PIECES
            _expect(session["amount"], free + WRAPPING + SHIPPING, "won")
            _expect(session["tax_free_amount"], free, "won without VAT")
            step.seen = (
                f"{self._number}: {session['amount']:,} won, {free:,} of them without VAT, {SHIPPING:,} shipping"
            )
        return session

    def _tax_free_item(self) -> Json:
        found: list[Json] = self._web.get(f"{API}/items").json()["items"]
        free = [item for item in found if item["tax_free"] and (item["stock"] is None or item["stock"] >= PIECES)]
        if not free:
            advice = "Stop `make run`, remove its data in .pitturu and start it again for a full shop."
            raise StepFailed(f"a tax-free item with {PIECES} pieces left", f"none of {len(found)} items", advice)
        return min(free, key=lambda item: item["stock"] is not None)

    def _pay(self, session: Json) -> None:
        with self._output.step("Give the browser a token for this session") as step:
            path = f"{API}/payments/sessions/{session['session_id']}/client-token"
            token = self._web.post(path, {}, 200).json()
            self._browser.log_in_with(token["client_token"])
            step.seen = f"valid until {token['expires_at'][11:19]} UTC, for nothing else"
        with self._output.step("Pay in the browser") as step:
            session = self._browser.wait_for(session, "prepared", step.waiting)
            imp_uid = self._portone.open_window(session)
            self._portone.approve(imp_uid)
            self._browser.verify(session, imp_uid)
            step.seen = self._browser.wait_for(session, "paid", step.waiting)["message"]["en"]

    def _expect_event(self, kind: str, session: Json, amount: int, back: int) -> None:
        with self._output.step(f"Receive the event {kind}") as step:
            event = self._events.wait_for(kind, session, self._timeout)
            _expect(event["data"]["amount"], amount, "won")
            _expect(event["data"]["cancelled_amount"], back, "won back")
            step.seen = f"{event['id']}, number {event['sequence']} of the order, the signature is valid"

    def _give_back(self, session: Json) -> int:
        with self._output.step("Find the payment by the shop's own number") as step:
            found: list[Json] = self._web.get(f"{API}/payments?reference={self._number}").json()["items"]
            _expect(len(found), 1, "payment")
            path = f"{API}/payments/{found[0]['payment_id']}"
            step.seen = f"{found[0]['payment_id']} of {found[0]['user_id']}"
        with self._output.step(f"Give back one of {PIECES} pieces of the tax-free line") as step:
            line = self._web.get(path).json()["lines"][0]
            body = {"reason": "데모: 한 권만 필요해요", "lines": [{"line_id": line["line_id"], "quantity": 1}]}
            cancel: Json = self._web.post(f"{path}/cancel", body, 202).json()["cancellations"][-1]
            _expect(cancel["tax_free"], cancel["amount"], "won without VAT")
            step.seen = f"202, {cancel['amount']:,} won, all of them without VAT"
        return int(cancel["amount"])


def _expect(seen: int, expected: int, unit: str) -> None:
    if seen != expected:
        advice = "The shop's answer is wrong: please report it together with the output of `make run`."
        raise StepFailed(f"{expected:,} {unit}", f"{seen:,}", advice)
