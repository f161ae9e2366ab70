"""What workload and nemesis saw, in the order in which they saw it. The checker relies on the acknowledgements."""

import threading
import time
from collections import Counter
from typing import Any

Note = dict[str, Any]


class Notes:
    """A list that any thread may add to. Each note has `what`, `at` (unix seconds) and its own facts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: list[Note] = []
        self.heard: Counter[str] = Counter()
        self.seconds: list[float] = []

    def add(self, what: str, **facts: Any) -> None:
        """Write down one thing that happened now."""
        with self._lock:
            self._notes.append({"what": what, "at": time.time(), **facts})

    def answer(self, outcome: str, seconds: float) -> None:
        """Count one request of a buyer: its HTTP status, or the trouble in its place."""
        with self._lock:
            self.heard[outcome] += 1
            self.seconds.append(seconds)

    def of(self, *kinds: str) -> list[Note]:
        """The notes of these kinds so far."""
        with self._lock:
            return [note for note in self._notes if note["what"] in kinds]
