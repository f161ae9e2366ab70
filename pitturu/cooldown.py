"""Leaving alone what has just failed, so that not every caller waits for the same dead server in turn."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Cooldown:
    """A pause of `length` after an event, mostly a failure. Threads may share it."""

    def __init__(self, length: timedelta, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = length.total_seconds(), now
        self._lock = threading.Lock()
        self._end: float | None = None

    @property
    def active(self) -> bool:
        """Whether the pause goes on."""
        end = self._end
        return end is not None and self._now() < end

    def start(self) -> bool:
        """Begin the pause, or begin it anew. True for the first since `clear`: an outage that is logged once."""
        with self._lock:
            first, self._end = self._end is None, self._now() + self._seconds
        return first

    def clear(self) -> None:
        """End the pause, and the outage with it."""
        with self._lock:
            self._end = None
