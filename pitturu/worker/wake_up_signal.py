"""How wake-ups and PortOne's answers reach the dispatcher of their kind of work."""

import threading
from queue import SimpleQueue
from typing import Any

Pair = tuple[Any, Any]
"""A claimed job, and PortOne's answer or the exception in its place."""


class WakeUpSignal:
    """Lets one thread of a process dispatch a kind of work; other threads signal it that more rows may be due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.answers: SimpleQueue[Pair | None] = SimpleQueue()
        self._running = self._signalled = False

    def start_or_signal(self, answers: "SimpleQueue[Pair | None]") -> bool:
        """True when the calling thread is to dispatch, and a signal will put None into its `answers`; otherwise the
        dispatching thread was signalled."""
        with self._lock:
            if not self._running:
                self._running, self._signalled, self.answers = True, False, answers
                return True
            self._signalled = True
            self.answers.put(None)
            return False

    def stop(self) -> None:
        """The calling thread stops dispatching; the next wake-up starts another one."""
        with self._lock:
            self._running = False

    def stop_unless_signalled(self) -> bool:
        """Stop and return True; or return False when a signal came since the last claim, which must be repeated."""
        with self._lock:
            self._running = self._signalled
            return not self._signalled

    def take_signal(self) -> bool:
        """Whether a signal came since the last call."""
        with self._lock:
            signalled, self._signalled = self._signalled, False
            return signalled
