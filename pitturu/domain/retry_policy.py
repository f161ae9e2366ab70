"""How long to wait before the next try: exponential backoff with a cap, and jitter so that retries are spread."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pitturu.domain.errors import Reaction


@dataclass(frozen=True)
class RetryPolicy:
    """The wait doubles from `first` up to `cap`; a row is dead after `attempts` tries."""

    first: timedelta
    cap: timedelta
    attempts: int

    def ceiling(self, attempt: int) -> timedelta:
        """The longest wait after try number `attempt` (from 1)."""
        doublings = min(max(attempt - 1, 0), 30)
        return min(self.first * float(2**doublings), self.cap)

    def wait(self, attempt: int) -> timedelta:
        """A random wait between a tenth of the ceiling and the ceiling, so that it is never near zero."""
        return self.ceiling(attempt) * random.uniform(0.1, 1.0)  # noqa: S311 - spreads load, not a secret

    def exhausted(self, attempt: int) -> bool:
        """Whether try number `attempt` was the last one."""
        return attempt >= self.attempts


TRY_AGAIN: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(minutes=10), attempts=50)
"""About four hours of tries on average: longer than any outage that PortOne announced."""

ASK_FIRST: Final = RetryPolicy(first=timedelta(seconds=2), cap=timedelta(minutes=10), attempts=50)
"""The first wait is a little longer: the PG may still be executing the call whose answer was lost."""

CALL_HUMAN: Final = RetryPolicy(first=timedelta(minutes=1), cap=timedelta(minutes=10), attempts=100)
"""About sixteen hours: wrong API keys are corrected by an operator, perhaps on the next morning."""

AT_THE_PG: Final = RetryPolicy(first=timedelta(minutes=1), cap=timedelta(hours=1), attempts=400)
"""Some PGs take days to decide about a refund. In case the webhook of it is lost, PortOne is asked for 14 days."""

UNKNOWN_ORDER: Final = RetryPolicy(first=timedelta(seconds=2), cap=timedelta(minutes=2), attempts=8)
"""A webhook of an unknown order: it may have arrived before our own commit, but hardly minutes before it."""

NOT_PAID_YET: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=4), attempts=4)
"""The browser reports a payment and PortOne does not: PortOne is asked a few more times while the buyer waits."""


def after_error(reaction: Reaction) -> RetryPolicy:
    """The policy for a failed call: slow where only an operator can remove the cause."""
    return CALL_HUMAN if reaction is Reaction.CALL_HUMAN else TRY_AGAIN
