"""How many exports run at once: each keeps its process busy, which answers buyers as well."""

import threading
from collections.abc import Callable
from typing import Final

from pitturu.api.problems import Unavailable

SLOTS: Final = 2
"""Per process."""


class Exports:
    """Exports that run in this process."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._free = threading.BoundedSemaphore(slots)

    def begin(self) -> Callable[[], None]:
        """Take a slot; returns what gives it back, and does nothing the second time. Raises Unavailable when all are
        taken."""
        if not self._free.acquire(blocking=False):
            raise Unavailable("exports_busy", "Other exports are running. Try again when they have ended.")
        taken = [None]

        def end() -> None:
            if taken:
                taken.clear()
                self._free.release()

        return end
