"""The time settings of a run, all short enough for every deadline to pass during the run."""

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
"""Seconds. The chain of timeouts that the settings require, with shorter values than usual."""

LONGEST_TIMEOUT: Final = 20.0
"""Seconds after which buyers close the page."""


@dataclass(frozen=True)
class Pace:
    """All values derive from the lifetime of a session, in seconds."""

    session_ttl: float

    @property
    def vbank_due(self) -> float:
        """The deadline of a virtual account."""
        return self.session_ttl

    @property
    def longest_wait(self) -> float:
        """How long a buyer waits for the shop's next step."""
        return min(self.session_ttl / 2, LONGEST_TIMEOUT)

    @property
    def late_look(self) -> float:
        """How long after its deadline a session is checked once more."""
        return self.session_ttl / 2

    def environ(self) -> dict[str, str]:
        """The environment variables of these settings."""
        grace = self.session_ttl / 6
        return CALLS | {
            "SESSION_TTL": f"{self.session_ttl:g}",
            "VBANK_DUE": f"{self.vbank_due:g}",
            "LATE_LOOK": f"{self.late_look:g}",
            "DEPOSIT_RECHECK": f"{grace:g}",
            "DEPOSIT_GRACE": f"{grace:g}",
        }

    def is_watched(self, opened_at: float) -> bool:
        """Whether the system will still check such a session by itself, with a margin.

        Money that moves later and whose webhook is lost is only found by the daily comparison, so the run moves none
        then.
        """
        return time.time() < opened_at + self.session_ttl + self.late_look * 0.7

    def is_open(self, opened_at: float) -> bool:
        """Whether the session's deadline is in the future: the last check of a paid session is at its deadline."""
        return time.time() < opened_at + self.session_ttl * 0.85
