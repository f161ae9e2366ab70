"""One JSON line per event, for web and workers alike: time, level, event and request id.

The message is the constant name of the event; variable data is in `extra`. No line contains personal data or secrets.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from pythonjsonlogger.json import JsonFormatter

from pitturu.config.settings import Settings

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

QUIET: Final = ("alembic.runtime.plugins", "amqp", "celery", "kombu", "urllib3", "werkzeug")
"""Libraries whose INFO lines duplicate our own."""


class _Lines(logging.StreamHandler):  # type: ignore[type-arg] # Generic for type checkers only.
    """Our handler, recognised by its class: configuring twice replaces it and keeps other handlers."""


def configure(settings: Settings) -> None:
    """Send all log lines of this process to standard error, from the configured level on. Safe to repeat."""
    handler = _Lines()
    handler.setFormatter(
        JsonFormatter(
            "%(levelname)s %(message)s %(name)s",
            rename_fields={"levelname": "level", "message": "event", "name": "logger", "exc_info": "traceback"},
            timestamp=True,
            json_ensure_ascii=False,
        )
    )
    handler.addFilter(_with_request)
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _Lines)] + [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def request_id() -> str | None:
    """The id of the request that this thread handles."""
    return _request_id.get()


@contextmanager
def bind(request: str | None) -> Iterator[None]:
    """Add this request id to every line until the block ends."""
    before = _request_id.set(request)
    try:
        yield
    finally:
        _request_id.reset(before)


def _with_request(record: logging.LogRecord) -> bool:
    current = _request_id.get()
    if current is not None and not hasattr(record, "request_id"):
        record.request_id = current
    return True
