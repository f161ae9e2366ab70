"""A clock for code that takes `now`: it moves only when a test puts it forward."""

from dataclasses import dataclass


@dataclass
class ManualClock:
    """Shows `seconds`."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds
