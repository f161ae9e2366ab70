"""The time limit of the current call to PortOne: one deadline for everything inside `within`.

Also parses how long PortOne asks us to wait before the next call. A context variable carries the deadline, because the
socket that has to obey it is four libraries below the call.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import inf
from typing import Final

LONGEST_REST: Final = timedelta(hours=1)
"""A longer Retry-After is reduced to this: a header must not delay work for days."""

_end: ContextVar[float] = ContextVar("end", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside shares these seconds; inside another `within` the earlier deadline applies."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def left() -> float:
    """Seconds until the deadline: 0 after it, infinite outside `within`."""
    return max(0.0, _end.get() - time.monotonic())


def asked_for(retry_after: str) -> timedelta | None:
    """The pause that a `Retry-After` header asks for, in seconds or as a date; None if invalid or in the past."""
    try:
        if retry_after.isascii() and retry_after.isdigit():
            rest = timedelta(seconds=min(int(retry_after[:9]), LONGEST_REST.total_seconds()))
        else:
            rest = parsedate_to_datetime(retry_after).astimezone(UTC) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return min(rest, LONGEST_REST) if rest > timedelta() else None
