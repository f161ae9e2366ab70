"""How fast time goes by in a run: the settings that hold deadlines, all short enough to pass while we watch."""

import time
from dataclasses import dataclass
from typing import Final

CALLS: Final = {
    "PORTONE_CONNECT_TIMEOUT": "0.5",
    "PORTONE_READ_TIMEOUT": "2",
    "TASK_SOFT_LIMIT": "3",
    "TASK_HARD_LIMIT": "3.5",
    "LEASE": "4",
    "SWEEP_INTERVAL": "1",
    "DUE_LIMIT": "60",
    "ACCESS_TOKEN_TTL": "86400",
}
"""Seconds. The chain of times that the settings insist on, each link shorter than usual."""

LONGEST_PATIENCE: Final = 20.0
"""Seconds; then people close a tab."""


@dataclass(frozen=True)
class Pace:
    """Everything follows from how long a session lives, in seconds."""

    session_ttl: float

    @property
    def vbank_due(self) -> float:
        """How long an account waits for its deposit."""
        return self.session_ttl

    @property
    def longest_wait(self) -> float:
        """How long a buyer waits for what the shop is to do next."""
        return min(self.session_ttl / 2, LONGEST_PATIENCE)

    @property
    def late_look(self) -> float:
        """How long after its deadline a session is looked at once more."""
        return self.session_ttl / 2

    def environ(self) -> dict[str, str]:
        """The settings."""
        grace = self.session_ttl / 6
        return CALLS | {
            "SESSION_TTL": f"{self.session_ttl:g}",
            "VBANK_DUE": f"{self.vbank_due:g}",
            "LATE_LOOK": f"{self.late_look:g}",
            "DEPOSIT_RECHECK": f"{grace:g}",
            "DEPOSIT_GRACE": f"{grace:g}",
        }

    def is_watched(self, opened_at: float) -> bool:
        """Whether the system will still look at such a session by itself, with something to spare.

        Money that moves later and whose webhook is lost as well is found by nobody but the daily comparison, so the
        run moves none then.
        """
        return time.time() < opened_at + self.session_ttl + self.late_look * 0.7

    def is_open(self, opened_at: float) -> bool:
        """Whether the session's deadline is ahead: the last look at one that is paid."""
        return time.time() < opened_at + self.session_ttl * 0.85
