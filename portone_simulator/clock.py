"""The simulated clock: the machine's clock plus an offset."""

import threading
import time
from collections.abc import Callable


class Clock:
    """Unix seconds that run at normal speed and can be advanced, never set back."""

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
        """Advance the clock; listeners are called at once."""
        with self._lock:
            self.offset += seconds
        for listener in self._listeners:
            listener()

    def reset(self) -> None:
        """Remove the offset."""
        with self._lock:
            self.offset = 0.0

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every jump."""
        self._listeners.append(listener)
