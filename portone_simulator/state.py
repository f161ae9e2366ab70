"""The parts of one pretend PortOne, and the rules that need several of them at once."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from portone_simulator.clock import Clock
from portone_simulator.faults import Fault, Faults
from portone_simulator.ledger import Book
from portone_simulator.lifecycle import with_webhook
from portone_simulator.payment import CANCELLED, Payment
from portone_simulator.settings import Settings
from portone_simulator.store import Store
from portone_simulator.tokens import Tokens
from portone_simulator.v2 import webhooks
from portone_simulator.v2.idempotency import Remembered
from portone_simulator.waiting import offload
from portone_simulator.webhooks import HELD, LOST, RETRY_AFTER, WAITING, Delivery, Letter, Webhooks

MAX_CALLS: Final = 20_000
"""REST calls remembered for whoever judges a client."""
WEBHOOK_FIRST_PATIENCE: Final = 40.0
"""Seconds a browser waits for a webhook: connect and read timeout of the first attempt together."""


@dataclass
class Simulation:
    """Everything that is there to be looked at, changed or broken."""

    store: Store
    initial: Settings
    settings: Settings = field(init=False)
    clock: Clock = field(init=False)
    book: Book = field(init=False)
    webhooks: Webhooks = field(init=False)
    tokens: Tokens = field(default_factory=Tokens)
    v2_tokens: Tokens = field(default_factory=Tokens)
    faults: Faults = field(default_factory=Faults)
    remembered: Remembered = field(default_factory=Remembered)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_CALLS))

    def __post_init__(self) -> None:
        self.settings = self.initial
        self.clock = Clock(self.store.offset())
        self.book = Book(self.store)
        self.webhooks = Webhooks(self.clock)

    def move(self, imp_uid: str, step: Callable[[Payment], Payment]) -> Payment:
        """Take one payment one step further, atomically; raises `LookupError` when there is no such payment."""
        with self.book.lock:
            payment = self.book.payment(imp_uid)
            if payment is None:
                raise LookupError(imp_uid)
            return self.book.save(step(payment))

    def move_and_tell_v2(self, imp_uid: str, step: Callable[[Payment], Payment]) -> Payment:
        """Like `move_and_tell` for what V2 announces and V1 passes over in silence."""
        payment = self.book.payment(imp_uid)
        return self.move_and_tell(imp_uid, step) if payment and payment.v2 else self.move(imp_uid, step)

    def move_and_tell(self, imp_uid: str, step: Callable[[Payment], Payment], of_cancel: bool = False) -> Payment:
        """Like `move`, and send the webhook that the new state calls for, if anybody asked for webhooks."""
        with self.book.lock:
            urls = self._addresses(imp_uid)
            payment = self.move(imp_uid, lambda before: with_webhook(step(before)) if urls else step(before))
        deliveries = self._send(payment, urls, of_cancel)
        if self.settings.webhook_first:
            wait_for_answers(deliveries)
        return payment

    def tell_cancel(self, payment: Payment) -> None:
        """V2 announces what its API cancelled, to the address of the payment."""
        self._send(payment, self._addresses(payment.imp_uid), of_cancel=True)

    def tell_api_cancel(self, payment: Payment) -> None:
        """An API cancel is announced to the shop's own address only, and only for payments that used a webhook."""
        if payment.behind.webhook_used and self.settings.webhook_url:
            self._send(payment, (self.settings.webhook_url,), of_cancel=True)

    def fault(self, kinds: tuple[str, ...], endpoint: str, payment: Payment) -> Fault | None:
        """The first fault of these kinds that hits this payment now."""
        uids = {payment.imp_uid, payment.merchant_uid}
        return next(self.faults.strike(kinds, endpoint, uids), None)

    def advance_clock(self, seconds: float) -> None:
        """Push the clock, and let a restart remember it."""
        with self.book.lock:
            self.store.keep_offset(self.clock.offset + seconds)
        self.clock.advance(seconds)

    def wipe(self) -> None:
        """Back to the day it was started."""
        self.webhooks.wipe()
        self.faults.replace([])
        self.calls.clear()
        self.tokens.revoke()
        self.remembered.forget()
        self.settings = self.initial
        self.clock.reset()
        self.book.wipe()

    def _addresses(self, imp_uid: str) -> tuple[str, ...]:
        payment = self.book.payment(imp_uid)
        own = payment.behind.notice_urls if payment else ()
        return own or tuple(filter(None, [self.settings.webhook_url]))

    def _send(self, payment: Payment, urls: tuple[str, ...], of_cancel: bool) -> list[Delivery]:
        """A cancel is announced as `cancelled` whatever the payment itself says after a partial one."""
        if not urls:
            return []
        status = CANCELLED if of_cancel else payment.status
        if payment.v2:
            return self._post(webhooks.letters(self.settings, self.clock, payment, urls, of_cancel), payment, status)
        payload: dict[str, Any] = {"imp_uid": payment.imp_uid, "merchant_uid": payment.merchant_uid, "status": status}
        if of_cancel:
            payload["cancellation_id"] = payment.cancel_history[-1].cancellation_id
        elif self.settings.webhook_cancellation_id == "null":
            payload["cancellation_id"] = None
        form, waits = self.settings.webhook_format, (RETRY_AFTER,) * self.settings.webhook_retries
        return self._post([Letter(url, payload, form, waits) for url in urls], payment, status)

    def tell_v2(self, payment: Payment, kind: str, cancellation_id: str = "") -> None:
        """Announce something of V2 that the payment's state does not tell by itself."""
        urls = self._addresses(payment.imp_uid)
        written = [webhooks.letter(self.settings, self.clock, payment, url, kind, cancellation_id) for url in urls]
        if written:
            self._post(written, payment, kind)

    def _post(self, letters: list[Letter], payment: Payment, status: str) -> list[Delivery]:
        endpoint = f"webhook.{status}"
        repeat = self.fault(("webhook_repeat",), endpoint, payment)
        delay = self.fault(("webhook_delay",), endpoint, payment)
        gone = self.fault(("webhook_loss", "webhook_hold"), endpoint, payment)
        state = {"webhook_loss": LOST, "webhook_hold": HELD}[gone.kind] if gone else WAITING
        copies = letters * (repeat.copies if repeat else 1)
        return self.webhooks.send(copies, delay.wait() if delay else 0.0, state)


def wait_for_answers(deliveries: list[Delivery]) -> None:
    """Hold the browser until the shop answered once to each webhook that is on its way."""
    sent = [delivery for delivery in deliveries if delivery.state not in (LOST, HELD)]
    if sent:
        offload(lambda: [delivery.tried.wait(WEBHOOK_FIRST_PATIENCE) for delivery in sent])
