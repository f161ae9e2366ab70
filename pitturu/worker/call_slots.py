"""A bounded semaphore over the calls to PortOne that all kinds of work of a process have in flight."""

import threading
from typing import Final

RESERVED: Final = 4
"""Calls that every kind of work may always have in flight, however many the others have."""


class CallSlots:
    """The slots that all kinds of work of a process share.

    There are as many threads as slots, so no call waits for a thread.
    """

    def __init__(self, shared: int) -> None:
        self._lock, self._free = threading.Lock(), shared

    def of_kind(self, most: int) -> "KindSlots":
        """The slots of one kind of work, which may hold `most` of them."""
        return KindSlots(self, most)

    def take(self, wanted: int, most: int, held: int) -> int:
        """Take up to `wanted` slots for a kind of work that holds `held` and may hold `most`. Returns how many."""
        with self._lock:
            taken = max(min(wanted, max(min(most - held, self._free), RESERVED - held)), 0)
            self._free -= taken
            return taken

    def give_back(self, count: int) -> None:
        """Return slots."""
        with self._lock:
            self._free += count


class KindSlots:
    """The slots that one kind of work holds of those that all share. `most` is how many it may hold."""

    def __init__(self, shared: CallSlots, most: int) -> None:
        self._lock, self._shared, self._held, self.most = threading.Lock(), shared, 0, most

    def acquire(self, wanted: int) -> int:
        """Take up to `wanted` slots. Returns how many were taken."""
        with self._lock:
            taken = self._shared.take(wanted, self.most, self._held)
            self._held += taken
            return taken

    def release(self, count: int) -> None:
        """Return the slots of calls that have ended or were not started."""
        with self._lock:
            self._held -= count
            self._shared.give_back(count)
