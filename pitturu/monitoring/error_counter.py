"""Counts log records of level ERROR and above by event, so that alerts follow what was logged."""

import logging
import re
from typing import Final

from pitturu import instruments

MOST_EVENTS: Final = 100
"""Events counted by name in one process. There are fewer in our sources; libraries are counted as other."""

_EVENT: Final = re.compile(r"[a-z][a-z0-9_.]{0,60}")
"""The form of our events. Messages of libraries are sentences, often with values in them."""


class ErrorCounter(logging.Handler):
    """A handler that writes nothing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._known: set[str] = set()
        instruments.prepare(instruments.errors, "event", [instruments.OTHER])

    def emit(self, record: logging.LogRecord) -> None:
        """Count the record."""
        instruments.errors.labels(self._event(record)).inc()

    def _event(self, record: logging.LogRecord) -> str:
        """The name of the event. Handlers run one at a time, so the set needs no lock of its own."""
        event = record.msg
        if record.name.partition(".")[0] != "pitturu" or not isinstance(event, str):
            return instruments.OTHER
        if event in self._known:
            return event
        if len(self._known) >= MOST_EVENTS or not _EVENT.fullmatch(event):
            return instruments.OTHER
        self._known.add(event)
        return event


def count_errors() -> None:
    """Count the errors that this process logs from now on. Safe to repeat."""
    root = logging.getLogger()
    if not any(isinstance(handler, ErrorCounter) for handler in root.handlers):
        root.addHandler(ErrorCounter())
