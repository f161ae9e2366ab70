"""The simulator's own time: the machine's clock plus whatever the operator added."""

import threading
import time
from collections.abc import Callable


class Clock:
    """Unix seconds that run at normal speed and can be pushed forward, never back."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Seconds since 1970, with fractions."""
        return time.time() + self.offset

    def unix(self) -> int:
        """Whole seconds since 1970, as PortOne writes every time."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Jump forward; whoever waits for a moment that has now passed is told at once."""
        with self._lock:
            self.offset += seconds
        for listener in self._listeners:
            listener()

    def reset(self) -> None:
        """Back to the machine's own time."""
        with self._lock:
            self.offset = 0.0

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every jump."""
        self._listeners.append(listener)
