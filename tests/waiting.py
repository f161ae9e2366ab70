"""Waiting for something to become true, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 60.0
"""Seconds. Far more than anything here takes on an idle machine: a busy one is slow, and that is no failure."""

PAUSE = 0.05
"""Seconds between two polls."""

POLL = 0.02
"""Seconds after which a server of a test notices that it is to stop: `serve_forever(POLL)`. Its own default, 0.5, is
waited for at the end of every test."""


def until(look: Callable[[], Found | None], what: str, within: float = PATIENCE) -> Found:
    """The first true result of `look`. Fails, naming `what` was awaited, after the time limit."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {within:g} s: {what}")
        time.sleep(PAUSE)
    return found
