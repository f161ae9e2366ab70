"""How long to wait before the next try: exponential and capped, with jitter, so that rows scatter."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pitturu.domain.errors import Reaction


@dataclass(frozen=True)
class RetryPolicy:
    """Waits grow from `first` by doubling up to `cap`; a row is dead after `attempts` tries."""

    first: timedelta
    cap: timedelta
    attempts: int

    def ceiling(self, attempt: int) -> timedelta:
        """The longest wait after try number `attempt` (from 1)."""
        doublings = min(max(attempt - 1, 0), 30)
        return min(self.first * float(2**doublings), self.cap)

    def wait(self, attempt: int) -> timedelta:
        """A random wait between a tenth of the ceiling and the ceiling: jitter, but never a hot loop."""
        return self.ceiling(attempt) * random.uniform(0.1, 1.0)  # noqa: S311 - spreads load, guards nothing

    def exhausted(self, attempt: int) -> bool:
        """Whether try number `attempt` was the last one."""
        return attempt >= self.attempts


TRY_AGAIN: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(minutes=10), attempts=50)
"""About four hours of tries on average: longer than any outage that PortOne announced."""

ASK_FIRST: Final = RetryPolicy(first=timedelta(seconds=2), cap=timedelta(minutes=10), attempts=50)
"""The first question waits a little longer: the PG may still be executing what we lost the answer of."""

CALL_HUMAN: Final = RetryPolicy(first=timedelta(minutes=1), cap=timedelta(minutes=10), attempts=100)
"""About sixteen hours: wrong keys do not heal in seconds, but a person corrects them in the morning."""

AT_THE_PG: Final = RetryPolicy(first=timedelta(minutes=1), cap=timedelta(hours=1), attempts=400)
"""Some PGs take days to decide about a refund: a webhook tells, and should it get lost, we ask for a fortnight."""

STRANGER: Final = RetryPolicy(first=timedelta(seconds=2), cap=timedelta(minutes=2), attempts=8)
"""A webhook for an order we do not know: it may have overtaken our own commit, but hardly by more than minutes."""

NOT_YET: Final = RetryPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=4), attempts=4)
"""The browser says paid and PortOne does not: asked a few more times while the buyer looks at the screen."""


def after_error(reaction: Reaction) -> RetryPolicy:
    """How to repeat what PortOne did not answer: slowly where only a person can remove the cause."""
    return CALL_HUMAN if reaction is Reaction.CALL_HUMAN else TRY_AGAIN
