"""Turns a log record into a line that may be stored and shown: bounded, and without personal data.

Lines of ours have constant names and data without personal data. Text of libraries and messages of exceptions may quote
anything, a buyer's name in a request for example: of a library's line only the text before its values were inserted is
kept, of an exception its class and where it was raised. The process's own log has the rest, under the same request id.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
from sqlalchemy.exc import StatementError

from pitturu import logs
from pitturu.store.errors import plain
from pitturu.store.logged_errors import LONGEST_EVENT, LONGEST_LOGGER, Line

LONGEST_VALUE: Final = 300
MOST_VALUES: Final = 12
"""Of one line, and of a list in it."""
LONGEST_TRACEBACK: Final = 5_000
MOST_FRAMES: Final = 20
MOST_CAUSES: Final = 5

_EVENT: Final = re.compile(r"[a-z][a-z0-9_.]*")
_OURS: Final = "pitturu"
_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request_id"}


def event_of(record: logging.LogRecord) -> str:
    """The constant name of the event. Lines of libraries have none: their logger's name stands for it."""
    if _is_ours(record) and isinstance(record.msg, str) and _EVENT.fullmatch(record.msg):
        return record.msg[:LONGEST_EVENT]
    return _text(record.name, LONGEST_EVENT) or "root"


def line_of(record: logging.LogRecord, event: str, at: datetime, process: str, host: str) -> Line:
    """The line to store. To be called by the thread that logs: it knows the request, and frames are not kept alive."""
    error = record.exc_info[1] if record.exc_info else None
    request_id = getattr(record, "request_id", None) or logs.request_id()
    return Line(
        created_at=at,
        event=event,
        level=record.levelname[:10],
        logger=_text(record.name, LONGEST_LOGGER),
        process=process,
        host=host,
        request_id=None if request_id is None else _text(str(request_id), 64),
        detail=json.dumps(_detail(record)),
        traceback=None if error is None else traceback_of(error),
    )


def traceback_of(error: BaseException) -> str:
    """Where an exception and those that led to it were raised: files, lines, functions, classes. The last one raised
    comes last. Messages are left out, except those of the database, whose values are removed."""
    parts = []
    for one in reversed(list(_chain(error))):
        frames = traceback.StackSummary.extract(traceback.walk_tb(one.__traceback__), limit=-MOST_FRAMES)
        parts.append("".join(frames.format()) + _description(one))
    return _lines("\n\n".join(parts))[-LONGEST_TRACEBACK:]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it was raised from, and so on; at most MOST_CAUSES of them."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < MOST_CAUSES:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _description(error: BaseException) -> str:
    if isinstance(error, StatementError | psycopg.Error):
        return plain(error)[:LONGEST_VALUE]
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _detail(record: logging.LogRecord) -> Mapping[str, object]:
    if not _is_ours(record):
        # With values to insert, the text itself is constant; without, they may be part of it.
        return {"message": _text(record.msg, LONGEST_VALUE)} if record.args and isinstance(record.msg, str) else {}
    given = [(name, value) for name, value in vars(record).items() if name not in _OF_EVERY_RECORD]
    return {_text(name, LONGEST_VALUE): _value(value) for name, value in given[:MOST_VALUES]}


def _value(value: Any) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else _text(hex(value), LONGEST_VALUE)
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(str(one), LONGEST_VALUE) for one in list(value)[:MOST_VALUES]]
    return _text(str(value), LONGEST_VALUE)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == _OURS


def _text(value: str, longest: int) -> str:
    """One printable line, so that none looks like two."""
    return "".join(letter if letter.isprintable() else "?" for letter in value[:longest])


def _lines(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)
