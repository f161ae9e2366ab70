"""The record of what workload and nemesis did, in order. The checker uses the acknowledgements in it."""

import threading
import time
from collections import Counter
from typing import Any

Note = dict[str, Any]


class Notes:
    """A thread-safe list. Each note has `what`, `at` (unix seconds) and fields of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: list[Note] = []
        self.statuses: Counter[str] = Counter()
        self.seconds: list[float] = []

    def add(self, what: str, **facts: Any) -> None:
        """Record an event that happened now."""
        with self._lock:
            self._notes.append({"what": what, "at": time.time(), **facts})

    def answer(self, outcome: str, seconds: float) -> None:
        """Count one request of a buyer by its HTTP status, or by its error."""
        with self._lock:
            self.statuses[outcome] += 1
            self.seconds.append(seconds)

    def of(self, *kinds: str) -> list[Note]:
        """The notes of these kinds so far."""
        with self._lock:
            return [note for note in self._notes if note["what"] in kinds]
