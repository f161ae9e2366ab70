"""A clock for code that accepts `now`: it moves only when a test advances it."""

from dataclasses import dataclass


@dataclass
class ManualClock:
    """Returns `seconds`."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds
