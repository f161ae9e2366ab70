"""A pause after a failure, so that not every caller waits for the same unavailable server."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Cooldown:
    """A pause of `length` after an event, usually a failure. Thread-safe."""

    def __init__(self, length: timedelta, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = length.total_seconds(), now
        self._lock = threading.Lock()
        self._end: float | None = None

    @property
    def active(self) -> bool:
        """Whether the pause is still running."""
        end = self._end
        return end is not None and self._now() < end

    def start(self) -> bool:
        """Start or restart the pause. True for the first start since `clear`: log an outage once."""
        with self._lock:
            first, self._end = self._end is None, self._now() + self._seconds
        return first

    def clear(self) -> None:
        """End the pause, and the outage with it."""
        with self._lock:
            self._end = None
