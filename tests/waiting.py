"""Waiting for something to become true, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import text

from pitturu.store.unit_of_work import UnitOfWork

Found = TypeVar("Found")

TIMEOUT = 180.0
"""Seconds. Far more than anything here takes on an idle machine: a busy one is slow, and that is no failure."""

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two polls: each pause is half as long again as the one before. Whole systems run on the same two
processors as the tests that wait for them, and every question takes time from the answer."""

POLL = 0.02
"""Seconds after which a server of a test notices that it is to stop: `serve_forever(POLL)`. Its own default, 0.5, is
waited for at the end of every test."""


def until(look: Callable[[], Found | None], what: str, within: float = TIMEOUT) -> Found:
    """The first true result of `look`. Fails, naming `what` was awaited, after the time limit."""
    deadline, pause = time.monotonic() + within, FIRST_PAUSE
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {within:g} s: {what}")
        time.sleep(pause)
        pause = min(1.5 * pause, LONGEST_PAUSE)
    return found


def another_waits(work: UnitOfWork) -> bool:
    """Whether another transaction of this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
    return bool(work.session.scalar(text(waiting)))
