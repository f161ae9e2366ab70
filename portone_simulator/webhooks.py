"""The webhook log and its postman: what was announced, to whom, when, and what came back."""

import heapq
import itertools
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from portone_simulator import outgoing
from portone_simulator.clock import Clock

RETRY_AFTER: Final = 60.0
"""Seconds of simulated time between two attempts of V1."""
MAX_LOG: Final = 5000
"""Deliveries remembered; older ones fall out of the log."""
POSTMEN: Final = 16
"""Deliveries under way at once. A slow receiver makes the others wait, not the REST API."""

WAITING, HELD, LOST, SENDING, DELIVERED, FAILED = "waiting", "held", "lost", "sending", "delivered", "failed"


@dataclass(frozen=True)
class Letter:
    """What is announced and where to; `subject` is the payment that it is about."""

    url: str
    payload: dict[str, Any]
    format: str = "json"
    waits: tuple[float, ...] = ()
    seal: outgoing.Seal | None = None
    subject: str = ""


@dataclass(eq=False)
class Delivery:
    """One letter on its way. `attempts` holds what each try met; `tried` is set after the first one."""

    id: int
    letter: Letter
    due_at: float
    state: str = WAITING
    given_up: bool = False
    attempts: list[outgoing.Attempt] = field(default_factory=list)
    tried: threading.Event = field(default_factory=threading.Event)

    def plain(self) -> dict[str, Any]:
        """The delivery as JSON."""
        sent = {"url": self.letter.url, "payload": self.letter.payload, "format": self.letter.format}
        attempts = [dict(vars(attempt)) for attempt in self.attempts]
        message = {"webhook_id": self.letter.seal.message_id} if self.letter.seal else {}
        return {"id": self.id, "state": self.state, "due_at": self.due_at, **sent, **message, "attempts": attempts}

    def next_wait(self) -> float | None:
        """Seconds until the next try, None after the last one."""
        number = len(self.attempts) - 1
        return None if self.given_up or number >= len(self.letter.waits) else self.letter.waits[number]


class Webhooks:
    """Postmen in background threads take letters at their due time; the log remembers all of them."""

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
        clock.on_jump(self._wake)

    def start(self) -> None:
        """Begin to deliver."""
        for number in range(POSTMEN):
            threading.Thread(target=self._carry, name=f"postman-{number}", daemon=True).start()

    def stop(self) -> None:
        """Deliver nothing more; letters under way are abandoned."""
        with self._lock:
            self._open = False
            self._arrived.notify_all()

    def send(self, letters: Iterable[Letter], delay: float = 0.0, state: str = WAITING) -> list[Delivery]:
        """Log the letters and deliver them after `delay`, unless `state` says that they are held or lost."""
        due_at = self._clock.now() + delay
        with self._lock:
            fresh = [Delivery(next(self._ids), each, due_at, state) for each in letters]
            for delivery in fresh:
                self._remember(delivery)
                if state == WAITING:
                    self._plan(due_at, [delivery])
        return fresh

    def resend(self, number: int) -> Delivery | None:
        """A new delivery of the same letter to the same address, now; None when the log has no such number."""
        found = next((delivery for delivery in self.log() if delivery.id == number), None)
        return self.send([found.letter])[0] if found else None

    def release(self, order: Callable[[list[Delivery]], list[Delivery]]) -> list[Delivery]:
        """Let the held deliveries go in the given order, each one only after the one before was answered."""
        with self._lock:
            held = order([delivery for delivery in self._log if delivery.state == HELD])
            for delivery in held:
                delivery.state = WAITING
            if held:
                self._plan(self._clock.now(), held)
        return held

    def log(self) -> list[Delivery]:
        """Every delivery still remembered, oldest first."""
        with self._lock:
            return list(self._log)

    def about(self, subject: str) -> list[Delivery]:
        """Every delivery about this payment still remembered, oldest first."""
        with self._lock:
            return list(self._about.get(subject, ()))

    def _remember(self, delivery: Delivery) -> None:
        """The oldest one falls out of a full log."""
        self._log.append(delivery)
        self._about[delivery.letter.subject].append(delivery)
        if len(self._log) > MAX_LOG:
            oldest = self._log.popleft().letter.subject
            self._about[oldest].popleft()
            if not self._about[oldest]:
                del self._about[oldest]

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until nothing is due and nothing under way; retries and delays still to come do not count."""
        with self._lock:
            return self._done.wait_for(lambda: not self._under_way and self._until_next() != 0.0, timeout)

    def wipe(self) -> None:
        """Forget the log and everything that was still to be sent."""
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

    def _wake(self) -> None:
        with self._lock:
            self._arrived.notify_all()

    def _until_next(self) -> float | None:
        """Seconds until somebody has to go, 0.0 when that is now, None when nobody has to."""
        return max(0.0, self._rounds[0][0] - self._clock.now()) if self._rounds else None

    def _carry(self) -> None:
        while deliveries := self._next_round():
            for delivery in deliveries:
                letter, again = delivery.letter, bool(delivery.attempts)
                attempt = outgoing.post(
                    letter.url, letter.payload, letter.format, again, letter.seal, self._clock.unix()
                )
                self._note(delivery, outgoing.stamped(attempt, self._clock.now()))

    def _next_round(self) -> list[Delivery]:
        """Wait for something to deliver; nothing means that the office has closed."""
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
            elif (attempt.retriable or delivery.letter.seal) and (wait := delivery.next_wait()) is not None:
                delivery.state, delivery.due_at = WAITING, attempt.at + wait
                self._plan(delivery.due_at, [delivery])
            else:
                delivery.state = FAILED
            delivery.tried.set()
            self._done.notify_all()
