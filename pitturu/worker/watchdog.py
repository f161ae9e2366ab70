"""Ends a process that runs but receives no messages, so that its supervisor restarts it.

A Celery worker can get into this state when its broker was unavailable. The process therefore sends pings to a queue
that only it reads. An unanswered ping counts only if the broker accepted it, since otherwise a restart would not help,
and if the worker had a free slot to receive it. After too many unanswered pings the process stops, first gracefully.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

log = logging.getLogger(__name__)

MAX_INTERVAL: Final = timedelta(seconds=5)
MIN_PINGS: Final = 4
"""At least this many pings in a row must stay unanswered, since one may be lost when Redis is flushed."""

SUSPICIOUS: Final = 3
"""After more unanswered pings than this, at the earliest, the process sends no heartbeats, but does not end yet."""

FAILED: Final = 1
"""Exit status of a process that ended itself: supervisors that restart only failed processes restart it too."""


@dataclass(frozen=True)
class Watched:
    """The process to watch. `ping` returns whether the broker accepted one; while `busy`, none can be received."""

    name: str
    ping: Callable[[], bool]
    busy: Callable[[], bool]
    stop_gracefully: Callable[[], None]
    grace: timedelta


class Watchdog:
    """Pings `watched` at an interval until `stopped`, and counts consecutive unanswered pings.

    It does not measure time, because a suspended machine could not answer.
    """

    def __init__(self, watched: Watched, limit: timedelta, stopped: threading.Event) -> None:
        self._watched, self._limit, self._stopped = watched, limit, stopped
        self.interval = min(MAX_INTERVAL, limit / MIN_PINGS)
        self._most, self._unanswered = math.ceil(limit / self.interval), 0

    @property
    def suspicious(self) -> bool:
        """Whether heartbeats should not be sent."""
        return self._unanswered > max(SUSPICIOUS, self._most // MIN_PINGS)

    def message_received(self) -> None:
        """To be called whenever the process receives a message, which may be a ping."""
        self._unanswered = 0

    def start(self) -> None:
        """Watch from now on, in a thread."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def check(self) -> bool:
        """Send one ping. Returns whether too many are unanswered."""
        sent = not self._watched.busy() and self._watched.ping()
        self._unanswered = self._unanswered + 1 if sent else 0
        return self._unanswered > self._most

    def _run(self) -> None:
        while not self._stopped.wait(self.interval.total_seconds()):
            if self.check():
                self._end()

    def _end(self) -> None:
        """Let calls in flight finish. If the main thread hangs in a call, the process exits after the grace period."""
        fields = {"who": self._watched.name, "seconds": self._limit.total_seconds()}
        log.error("silent", extra=fields | {"next": "the process exits, for its supervisor to restart it"})
        self._watched.stop_gracefully()
        time.sleep(self._watched.grace.total_seconds())
        log.error("silent_cut_off", extra=fields)
        logging.shutdown()  # The stored error lines are written; `os._exit` would lose them.
        os._exit(FAILED)
