"""How wake-ups reach the dispatcher of their kind of work, and how answers of PortOne reach it."""

import threading
from queue import SimpleQueue
from typing import Any

Pair = tuple[Any, Any]
"""A claimed job, and PortOne's answer or the exception in its place."""


class WakeUpSignal:
    """Lets one thread of a process dispatch a kind of work; other threads signal it that more rows may be due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: SimpleQueue[Pair | None] = SimpleQueue()
        self._running = self._signalled = False

    def start_or_signal(self) -> bool:
        """True when the calling thread is to dispatch; otherwise the thread that dispatches already was signalled."""
        with self._lock:
            if not self._running:
                self._running, self._signalled, self._answers = True, False, SimpleQueue()
                return True
            self._signalled = True
            self._answers.put(None)
            return False

    def stop(self) -> None:
        """The calling thread dispatches no more; the next wake-up starts another one."""
        with self._lock:
            self._running = False

    def stop_unless_signalled(self) -> bool:
        """Stop, and return True; or return False when a signal came since the last look, to look once more."""
        with self._lock:
            self._running = self._signalled
            return not self._signalled

    def take_signal(self) -> bool:
        """Whether a signal came since this was asked last."""
        with self._lock:
            signalled, self._signalled = self._signalled, False
            return signalled

    @property
    def answers(self) -> "SimpleQueue[Pair | None]":
        """Where answers arrive for the thread that dispatches; the next one has a queue of its own."""
        return self._answers
