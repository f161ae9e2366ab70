"""Delivery of webhooks, and the log of all deliveries and their attempts."""

import heapq
import itertools
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from portone_simulator import outgoing
from portone_simulator.clock import Clock
from portone_simulator.outgoing import Notification

RETRY_AFTER: Final = 60.0
"""Seconds of simulated time between two attempts of V1."""
MAX_LOG: Final = 5000
"""Deliveries kept in the log; the oldest are removed."""
POSTMEN: Final = 16
"""Concurrent deliveries. A slow receiver delays other webhooks, not the REST API."""

WAITING, HELD, LOST, SENDING, DELIVERED, FAILED = "waiting", "held", "lost", "sending", "delivered", "failed"


@dataclass(eq=False)
class Delivery:
    """One delivery of a webhook. `attempts` holds the result of each attempt; `tried` is set after the first one."""

    id: int
    notification: Notification
    due_at: float
    state: str = WAITING
    given_up: bool = False
    attempts: list[outgoing.Attempt] = field(default_factory=list)
    tried: threading.Event = field(default_factory=threading.Event)

    def plain(self) -> dict[str, Any]:
        """The delivery as JSON."""
        sent = {"url": self.notification.url, "payload": self.notification.payload, "format": self.notification.format}
        message = {"webhook_id": self.notification.signer.message_id} if self.notification.signer else {}
        return {"id": self.id, "state": self.state, "due_at": self.due_at, **sent, **message, "attempts": self.attempts}

    def next_wait(self) -> float | None:
        """Seconds until the next attempt, None after the last one."""
        number = len(self.attempts) - 1
        return None if self.given_up or number >= len(self.notification.waits) else self.notification.waits[number]


class Webhooks:
    """Background threads send webhooks at their due time; the log keeps all of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._done = threading.Condition(self._lock)
        self._log: deque[Delivery] = deque()
        self._about: defaultdict[str, deque[Delivery]] = defaultdict(deque)
        self._ids = itertools.count(1)
        self._turns = itertools.count()
        self._rounds: list[tuple[float, int, list[Delivery]]] = []
        self._under_way = 0
        self._open = True

    def start(self) -> None:
        """Start the threads."""
        for number in range(POSTMEN):
            threading.Thread(target=self._carry, name=f"postman-{number}", daemon=True).start()

    def stop(self) -> None:
        """Stop; deliveries in progress are abandoned."""
        with self._lock:
            self._open = False
            self._arrived.notify_all()

    def send(self, notifications: Iterable[Notification], delay: float = 0.0, state: str = WAITING) -> list[Delivery]:
        """Add the webhooks to the log and deliver them after `delay`, unless `state` says that they are held or
        lost."""
        due_at = self._clock.now() + delay
        with self._lock:
            fresh = [Delivery(next(self._ids), each, due_at, state) for each in notifications]
            for delivery in fresh:
                self._remember(delivery)
                if state == WAITING:
                    self._plan(due_at, [delivery])
        return fresh

    def resend(self, number: int) -> Delivery | None:
        """A new delivery of the same webhook to the same URL, now; None when the log has no such number."""
        found = next((delivery for delivery in self.log() if delivery.id == number), None)
        return self.send([found.notification])[0] if found else None

    def release(self, last_first: bool) -> list[Delivery]:
        """Send the held deliveries, each after the previous one was answered."""
        with self._lock:
            held = [delivery for delivery in self._log if delivery.state == HELD][:: -1 if last_first else 1]
            for delivery in held:
                delivery.state = WAITING
            if held:
                self._plan(self._clock.now(), held)
        return held

    def log(self) -> list[Delivery]:
        """Every delivery in the log, oldest first."""
        with self._lock:
            return list(self._log)

    def about(self, subject: str) -> list[Delivery]:
        """Every delivery about this payment in the log, oldest first."""
        with self._lock:
            return list(self._about.get(subject, ()))

    def _remember(self, delivery: Delivery) -> None:
        """Add to the log; a full log drops the oldest delivery."""
        self._log.append(delivery)
        self._about[delivery.notification.subject].append(delivery)
        if len(self._log) > MAX_LOG:
            oldest = self._log.popleft().notification.subject
            self._about[oldest].popleft()
            if not self._about[oldest]:
                del self._about[oldest]

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until nothing is due or in progress; future retries and delays do not count."""
        with self._lock:
            return self._done.wait_for(lambda: not self._under_way and self._until_next() != 0.0, timeout)

    def wipe(self) -> None:
        """Clear the log and everything still to be sent."""
        with self._lock:
            for delivery in self._log:
                delivery.given_up = True
            self._log.clear()
            self._about.clear()
            self._rounds.clear()
            self._done.notify_all()

    def _plan(self, due_at: float, deliveries: list[Delivery]) -> None:
        heapq.heappush(self._rounds, (due_at, next(self._turns), deliveries))
        self._arrived.notify()

    def wake(self) -> None:
        """Look again at what is due; to be called after the clock was advanced."""
        with self._lock:
            self._arrived.notify_all()

    def _until_next(self) -> float | None:
        """Seconds until the next delivery, 0.0 if one is due, None without one."""
        return max(0.0, self._rounds[0][0] - self._clock.now()) if self._rounds else None

    def _carry(self) -> None:
        while deliveries := self._next_round():
            for delivery in deliveries:
                attempt = outgoing.post(delivery.notification, bool(delivery.attempts), self._clock.unix())
                self._note(delivery, replace(attempt, at=self._clock.now()))

    def _next_round(self) -> list[Delivery]:
        """Wait for something to deliver; returns nothing when the threads are to stop."""
        with self._lock:
            while self._open and self._until_next() != 0.0:
                self._arrived.wait(self._until_next())
            if not self._open:
                return []
            deliveries = heapq.heappop(self._rounds)[2]
            self._under_way += len(deliveries)
            for delivery in deliveries:
                delivery.state = SENDING
            return deliveries

    def _note(self, delivery: Delivery, attempt: outgoing.Attempt) -> None:
        with self._lock:
            delivery.attempts.append(attempt)
            self._under_way -= 1
            if attempt.delivered:
                delivery.state = DELIVERED
            elif (attempt.retriable or delivery.notification.signer) and (wait := delivery.next_wait()) is not None:
                delivery.state, delivery.due_at = WAITING, attempt.at + wait
                self._plan(delivery.due_at, [delivery])
            else:
                delivery.state = FAILED
            delivery.tried.set()
            self._done.notify_all()
