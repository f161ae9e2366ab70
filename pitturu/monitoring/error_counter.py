"""Counts log records of level ERROR and above by event, so that alerts follow what was logged."""

import logging
from typing import Final

from pitturu import instruments
from pitturu.monitoring import error_lines

MOST_EVENTS: Final = 100
"""Events counted by name in one process; further ones are counted together. There are fewer in our sources."""

LOGGERS: Final = ("", "gunicorn.error")
"""The root logger, and one whose records do not reach it."""


class ErrorCounter(logging.Handler):
    """A handler that writes nothing. It names events as `GET /operations/errors` does."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._known: set[str] = set()
        instruments.prepare(instruments.errors, "event", [instruments.OTHER])

    def emit(self, record: logging.LogRecord) -> None:
        """Count the record. Handlers run one at a time, so the set of events needs no lock of its own."""
        event = error_lines.event_of(record)
        if event not in self._known:
            if len(self._known) >= MOST_EVENTS:
                event = instruments.OTHER
            else:
                self._known.add(event)
        instruments.errors.labels(event).inc()


def count_errors() -> None:
    """Count the errors that this process logs from now on. Safe to repeat."""
    counter = ErrorCounter()
    for logger in map(logging.getLogger, LOGGERS):
        if not any(isinstance(handler, ErrorCounter) for handler in logger.handlers):
            logger.addHandler(counter)
