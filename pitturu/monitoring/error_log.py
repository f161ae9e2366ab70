"""Stores what this process logs as ERROR or above, for `GET /operations/errors`.

The thread that logs counts the event and hands over a line, in memory; another thread writes what was collected. All
is bounded: the lines of a minute, of one event and of all; the lines and counts that wait while the database is
unavailable. An error that gets no line is counted all the same.
"""

import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain import clock
from pitturu.monitoring import error_lines
from pitturu.monitoring.process import process_kind
from pitturu.store import engines, logged_errors
from pitturu.store.errors import plain
from pitturu.store.logged_errors import LONGEST_HOST, Line, Tally, hour_of

log = logging.getLogger(__name__)

LINES_A_MINUTE: Final = 60
LINES_OF_EVENT_A_MINUTE: Final = 10
"""Of one process. More lines of the same error say nothing new, and each has up to 9 KiB."""

MOST_WAITING_LINES: Final = 300
MOST_WAITING_COUNTS: Final = 500
"""Events by hour, while the database is unavailable. Further ones are counted together, as OTHER."""
OTHER: Final = "other"

COLLECT: Final = timedelta(seconds=0.5)
"""How long lines are collected before they are written, so that a thousand errors are one transaction."""

LONGEST_END: Final = timedelta(seconds=5)
"""How long the end of the process waits for a write in progress: a database that hangs must not keep it running."""

PAUSE: Final = timedelta(seconds=10)
"""After a failure nothing is written for this long."""

Connect = Callable[[], AbstractContextManager[Connection]]


def install(settings: Settings) -> None:
    """Store the errors of this process from now on. Safe to repeat: the last settings count."""
    engine = engines.unpooled_engine(settings.sqlalchemy_url, settings)
    handler = ErrorLog(engine.connect, process_kind(), socket.gethostname()[:LONGEST_HOST])
    # Gunicorn's errors do not reach the root logger.
    for logger in (logging.getLogger(), logging.getLogger("gunicorn.error")):
        logger.handlers = [other for other in logger.handlers if not isinstance(other, ErrorLog)] + [handler]


def _renew() -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, ErrorLog):
            handler.renew()


os.register_at_fork(after_in_child=_renew)


class LineBudget:
    """How many lines may be stored in a minute: of one event, and of all. Not thread-safe."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._minute, self._taken = now, -1, Counter[str]()

    def take(self, event: str) -> bool:
        """Whether one more line of this event may be stored."""
        minute = int(self._now() // 60)
        if minute != self._minute:
            self._minute, self._taken = minute, Counter()
        if self._taken[event] >= LINES_OF_EVENT_A_MINUTE or self._taken.total() >= LINES_A_MINUTE:
            return False
        self._taken[event] += 1
        return True


class ErrorLog(logging.Handler):
    """A handler that neither blocks nor fails. Its thread starts with the first error, after any fork."""

    def __init__(self, connect: Connect, process: str, host: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(logging.ERROR)
        self._connect, self._make_line = connect, partial(error_lines.line_of, process=process, host=host)
        self._budget, self._outage = LineBudget(now), Cooldown(PAUSE, now)
        self.renew()

    def renew(self) -> None:
        """Begin without anything collected, and without a thread: a fork copies what its parent will write."""
        # Reentrant, because a signal handler may log while its thread is in here.
        self._lock, self._write_lock = threading.RLock(), threading.Lock()
        # A queue for one item, and no Event, for the same reason: `SimpleQueue.put` may interrupt itself.
        self._collected, self._stopped = SimpleQueue[None](), threading.Event()
        self._tallies: dict[tuple[datetime, str], Tally] = {}
        self._lines: list[Line] = []
        self._writer: threading.Thread | None = None

    def createLock(self) -> None:  # noqa: N802 -- logging's name.
        """No lock of logging's own: it would be held while an exception is formatted."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Count this event, and hand over its line unless there are too many."""
        if self._writer is not None and self._writer is threading.current_thread():
            return  # The database's own errors while it is written to: they would never end.
        at, event = clock.now(), error_lines.event_of(record)
        with self._lock:
            wanted = len(self._lines) < MOST_WAITING_LINES and self._budget.take(event)
        line = self._line(record, event, at) if wanted else None
        with self._lock:
            self._add((hour_of(at), event), Tally(1, int(line is None), at, at))
            if line is not None:
                self._lines.append(line)
        self._write_soon()

    def flush(self) -> None:
        """Write what was collected, in the calling thread; at the end of the process, by `logging.shutdown`.

        What is not written after LONGEST_END is lost: then the database hangs.
        """
        if self._write_lock.acquire(timeout=LONGEST_END.total_seconds()):
            try:
                self._write()
            finally:
                self._write_lock.release()

    def close(self) -> None:
        """Let the thread end."""
        self._stopped.set()
        self._collected.put(None)
        super().close()

    def _line(self, record: logging.LogRecord, event: str, at: datetime) -> Line | None:
        try:
            return self._make_line(record, event, at)
        except Exception as error:  # noqa: BLE001 -- the data of a line may be any object, with a failing `__str__`.
            log.warning("error_line_dropped", extra={"about": event, "error": type(error).__name__})
            return None

    def _add(self, key: tuple[datetime, str], new: Tally) -> None:
        if key not in self._tallies and len(self._tallies) >= MOST_WAITING_COUNTS:
            key = key[0], OTHER
        known = self._tallies.get(key)
        if known is None:
            self._tallies[key] = new
            return
        known.count, known.dropped = known.count + new.count, known.dropped + new.dropped
        known.first_at, known.last_at = min(known.first_at, new.first_at), max(known.last_at, new.last_at)

    def _write(self) -> Exception | None:
        """Write what was collected; to be called under the lock of writing. Returns why it failed, None if nothing is
        left to be tried."""
        with self._lock:
            tallies, lines, self._tallies, self._lines = self._tallies, self._lines, {}, []
        if not tallies:
            return None
        try:
            with self._connect() as connection:
                logged_errors.save(connection, tallies, lines)
        except Exception as error:  # noqa: BLE001 -- nothing that goes wrong here may end the thread.
            away = isinstance(error, OperationalError | InterfaceError | OSError)
            self._put_back(tallies, lines, again=away)
            return error
        return None

    def _put_back(self, tallies: Mapping[tuple[datetime, str], Tally], lines: Sequence[Line], again: bool) -> None:
        """After a failure the counts wait for the next try; so do lines that may be tried `again`, while there is
        room."""
        with self._lock:
            waiting = [*lines, *self._lines] if again else self._lines
            dropped = [*waiting[MOST_WAITING_LINES:], *(() if again else lines)]
            self._lines = waiting[:MOST_WAITING_LINES]
            for key, tally in tallies.items():
                self._add(key, tally)
            for line in dropped:
                self._add((hour_of(line.created_at), line.event), Tally(0, 1, line.created_at, line.created_at))

    def _write_soon(self) -> None:
        if self._collected.empty():
            self._collected.put(None)
        if self._writer is not None and self._writer.is_alive():
            return
        with self._lock:
            if self._writer is None or not self._writer.is_alive():
                # A daemon: at the end of the process, `flush` writes what is left.
                self._writer = threading.Thread(target=self._run, name="error-log", daemon=True)
                # No further thread may be possible now. Then the next error starts it; whoever logs must not fail.
                with suppress(RuntimeError):
                    self._writer.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._collected.get()
            self._stopped.wait(COLLECT.total_seconds())
            while error := self._write_alone():
                if self._outage.start():
                    log.warning("error_log_unwritten", extra={"error": plain(error)[:200], "next": "tried again"})
                if self._stopped.wait(PAUSE.total_seconds()):
                    return
            self._outage.clear()

    def _write_alone(self) -> Exception | None:
        with self._write_lock:
            return self._write()
