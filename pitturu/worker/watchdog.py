"""A worker that is alive and takes no messages is worse than a dead one: nobody starts another in its place.

Celery can end up so after its broker was away. A process therefore asks itself, the way messages come: it puts a ping
into a queue that only it reads. Silence counts only while the broker takes the pings, so that a restart would help, and
while a place is free to answer them, so that a busy worker is not a silent one. What was silent for too long ends
itself, softly at first, and whoever watches over the process starts it again.
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

LONGEST_ROUND: Final = timedelta(seconds=5)
ROUNDS: Final = 4
"""At least so many pings in a row must stay unanswered: one may get lost with the memory of a Redis."""

DOUBT: Final = 3
"""After so many unanswered pings at the earliest the process shows no sign of life any more, though it is not given up.
"""

FAILED: Final = 1
"""Exit status of what ended itself: also those who restart nothing but failures start it again."""


class Silence:
    """Counts pings in a row that nobody answered. Rounds and not seconds: a machine that slept was not silent."""

    def __init__(self, limit: int) -> None:
        self._limit, self._unanswered = limit, 0

    def heard(self) -> None:
        """Something came in, or nothing could."""
        self._unanswered = 0

    def asked(self) -> None:
        """One more ping is on its way."""
        self._unanswered += 1

    @property
    def doubtful(self) -> bool:
        """Whether this looks like silence already."""
        return self._unanswered > max(DOUBT, self._limit // ROUNDS)

    @property
    def too_long(self) -> bool:
        """Whether nothing helps but a new process."""
        return self._unanswered > self._limit


@dataclass(frozen=True)
class Watched:
    """A process that can be asked. `ping` says whether one could be sent, `busy` that nobody can answer right now."""

    name: str
    ping: Callable[[], bool]
    busy: Callable[[], bool]
    end_softly: Callable[[], None]
    grace: timedelta


class Watchdog:
    """Asks `watched` in rounds, until `over`; `heard` is to be called whenever it takes a message."""

    def __init__(self, watched: Watched, patience: timedelta, over: threading.Event) -> None:
        self._watched, self._patience, self._over = watched, patience, over
        self.round = min(LONGEST_ROUND, patience / ROUNDS)
        self._silence = Silence(math.ceil(patience / self.round))
        self.heard = self._silence.heard

    @property
    def doubtful(self) -> bool:
        """Whether signs of life should be held back."""
        return self._silence.doubtful

    def start(self) -> None:
        """Watch from now on, in a thread of its own."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def look(self) -> bool:
        """One round; whether the silence has lasted too long."""
        if self._watched.busy() or not self._watched.ping():
            self._silence.heard()
        else:
            self._silence.asked()
        return self._silence.too_long

    def _run(self) -> None:
        while not self._over.wait(self.round.total_seconds()):
            if self.look():
                self._end()

    def _end(self) -> None:
        """What is in flight may finish. A main thread that hangs in a call hears of nothing and is cut off."""
        told = {"who": self._watched.name, "seconds": self._patience.total_seconds()}
        log.error("silent", extra=told | {"next": "it ends itself; whoever watches over it starts it again"})
        self._watched.end_softly()
        time.sleep(self._watched.grace.total_seconds())
        log.error("silent_cut_off", extra=told)
        os._exit(FAILED)
