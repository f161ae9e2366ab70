"""A bounded semaphore over the calls to PortOne that all kinds of work of a process have in flight."""

import threading
from typing import Final

RESERVED: Final = 4
"""Calls that every kind of work may always have in flight, however many the others have."""


class CallSlots:
    """The slots that all kinds of work of a process share.

    There are as many threads as slots, so no claimed row waits for a thread: its lease could end meanwhile, and another
    worker would repeat its call.
    """

    def __init__(self, shared: int) -> None:
        self._lock, self._free = threading.Lock(), shared

    def acquire(self, most: int, held: int) -> int:
        """Take slots for a kind of work that holds `held` and may hold `most`. Returns how many were taken."""
        with self._lock:
            taken = max(min(most - held, self._free), RESERVED - held, 0)
            self._free -= taken
            return taken

    def release(self, count: int) -> None:
        """Return the slots of calls that have ended or were not started."""
        with self._lock:
            self._free += count
