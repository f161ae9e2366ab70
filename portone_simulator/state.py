"""The state of the simulator, and the operations that need several of its parts."""

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final

from portone_simulator import cash_receipts
from portone_simulator.clock import Clock
from portone_simulator.faults import Fault, Faults
from portone_simulator.ledger import Ledger
from portone_simulator.lifecycle import with_webhook
from portone_simulator.outgoing import Notification
from portone_simulator.payment import CANCELLED, Payment
from portone_simulator.settings import Settings
from portone_simulator.store import Store
from portone_simulator.tokens import Tokens
from portone_simulator.v2 import webhooks
from portone_simulator.v2.idempotency import IdempotencyKeys
from portone_simulator.waiting import offload
from portone_simulator.webhooks import HELD, LOST, RETRY_AFTER, WAITING, Delivery, Webhooks

MAX_CALLS: Final = 20_000
"""REST calls kept in the record, for tests of clients."""
WEBHOOK_FIRST_TIMEOUT: Final = 40.0
"""Seconds that a browser waits for a webhook: connect and read timeout of the first attempt together."""


Step = Callable[..., Payment]
"""A transition: takes the payment, the present time and further details, and returns the next payment."""


class Simulation:
    """The complete state, for handlers and for the control API."""

    def __init__(self, store: Store, initial: Settings) -> None:
        self.store = store
        self.initial = self.settings = initial
        self.clock = Clock(store.offset())
        self.ledger = Ledger(store)
        self.webhooks = Webhooks(self.clock)
        self.tokens, self.v2_tokens = Tokens(), Tokens()
        self.faults = Faults()
        self.idempotency_keys = IdempotencyKeys()
        self.calls: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self.call_counts: dict[str, Counter[str]] = {"v1": Counter(), "v2": Counter()}

    def move(self, imp_uid: str, step: Step, *details: object) -> Payment:
        """Apply one transition to a payment, atomically; raises `LookupError` when there is no such payment."""
        before, now = self.ledger.existing(imp_uid), self.clock.unix()
        after = step(before, now, *details)
        return self.ledger.save(cash_receipts.followed(before, after, self.settings, now))

    def move_and_notify_v2(self, imp_uid: str, step: Step, *details: object) -> Payment:
        """Like `move_and_notify` for V2's payments; V1 sends no webhook for this transition."""
        move = self.move_and_notify if self.ledger.existing(imp_uid).v2 else self.move
        return move(imp_uid, step, *details)

    def move_and_notify(self, imp_uid: str, step: Step, *details: object, of_cancel: bool = False) -> Payment:
        """Like `move`, and send the webhook of the new state, if a webhook URL is configured."""
        urls = self._addresses(self.ledger.existing(imp_uid))
        payment = self.move(imp_uid, lambda *given: with_webhook(step(*given)) if urls else step(*given), *details)
        deliveries = self._send(payment, urls, of_cancel)
        if self.settings.webhook_first:
            wait_for_answers(deliveries)
        return payment

    def notify_cancel(self, payment: Payment) -> None:
        """Send V2's webhook about a cancel through its API, to the URL of the payment."""
        self._send(payment, self._addresses(payment), of_cancel=True)

    def notify_api_cancel(self, payment: Payment) -> None:
        """Send the webhook of an API cancel; only to the shop's own URL, and only for payments that had a webhook
        before."""
        if payment.behind.webhook_used and self.settings.webhook_url:
            self._send(payment, (self.settings.webhook_url,), of_cancel=True)

    def count(self, endpoint: str, path: str) -> None:
        """Count one REST call."""
        self.call_counts["v2" if path.startswith("/v2/") else "v1"][endpoint] += 1

    def forget_calls(self) -> None:
        """Clear the record of calls, and their counts."""
        self.calls.clear()
        for counts in self.call_counts.values():
            counts.clear()

    def fault(self, kinds: tuple[str, ...], endpoint: str, payment: Payment) -> Fault | None:
        """The first fault of these kinds that applies to this payment now."""
        uids = {payment.imp_uid, payment.merchant_uid}
        return next(self.faults.strike(kinds, endpoint, uids), None)

    def advance_clock(self, seconds: float) -> None:
        """Advance the clock, and store the offset for a restart."""
        self.store.keep_offset(self.clock.offset + seconds)
        self.clock.advance(seconds)
        self.webhooks.wake()

    def wipe(self) -> None:
        """Reset everything to the initial state."""
        self.webhooks.wipe()
        self.faults.replace([])
        self.forget_calls()
        self.tokens.revoke()
        self.idempotency_keys.forget()
        self.settings = self.initial
        self.clock.reset()
        self.ledger.wipe()

    def _addresses(self, payment: Payment) -> tuple[str, ...]:
        return payment.behind.notice_urls or tuple(filter(None, [self.settings.webhook_url]))

    def _send(self, payment: Payment, urls: tuple[str, ...], of_cancel: bool) -> list[Delivery]:
        """A cancel is reported as `cancelled`, whatever the status of the payment is after a partial one."""
        if not urls:
            return []
        status = CANCELLED if of_cancel else payment.status
        if payment.v2:
            written = webhooks.notifications(self.settings, self.clock, payment, urls, of_cancel)
            return self._post(written, payment, status)
        payload: dict[str, Any] = {"imp_uid": payment.imp_uid, "merchant_uid": payment.merchant_uid, "status": status}
        if of_cancel:
            payload["cancellation_id"] = payment.cancel_history[-1].cancellation_id
        elif self.settings.webhook_cancellation_id == "null":
            payload["cancellation_id"] = None
        form, waits = self.settings.webhook_format, (RETRY_AFTER,) * self.settings.webhook_retries
        return self._post([Notification(url, payload, form, waits) for url in urls], payment, status)

    def notify_v2(self, payment: Payment, kind: str, cancellation_id: str = "") -> Payment:
        """Send a V2 webhook that does not follow from the payment's state; returns the payment."""
        urls = self._addresses(payment)
        written = [
            webhooks.notification(self.settings, self.clock, payment, url, kind, cancellation_id) for url in urls
        ]
        if written:
            self._post(written, payment, kind)
        return payment

    def _post(self, notifications: list[Notification], payment: Payment, status: str) -> list[Delivery]:
        endpoint = f"webhook.{status}"
        repeat = self.fault(("webhook_repeat",), endpoint, payment)
        delay = self.fault(("webhook_delay",), endpoint, payment)
        gone = self.fault(("webhook_loss", "webhook_hold"), endpoint, payment)
        state = {"webhook_loss": LOST, "webhook_hold": HELD}[gone.kind] if gone else WAITING
        copies = notifications * (repeat.copies if repeat else 1)
        return self.webhooks.send(copies, delay.wait() if delay else 0.0, state)


def wait_for_answers(deliveries: list[Delivery]) -> None:
    """Delay the browser's response until the shop has answered the first attempt of each of these webhooks."""
    sent = [delivery for delivery in deliveries if delivery.state not in (LOST, HELD)]
    if sent:
        offload(lambda: [delivery.tried.wait(WEBHOOK_FIRST_TIMEOUT) for delivery in sent])
