"""The simulated clock: the machine's clock plus an offset."""

import time


class Clock:
    """Unix seconds that run at normal speed and can be advanced, never set back."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        """Seconds since 1970, with fractions."""
        return time.time() + self.offset

    def unix(self) -> int:
        """Whole seconds since 1970, as PortOne writes every time."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.offset += seconds

    def reset(self) -> None:
        """Remove the offset."""
        self.offset = 0.0
