"""How much longer the present call may take, whatever it is busy with: one deadline for everything inside `within`.

And how long PortOne wants to be left alone before the next one.

A context variable carries it, because the socket that has to obey it lies four libraries below the call.
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
"""No more than this is believed: a header must not put work off for days."""

_end: ContextVar[float] = ContextVar("end", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All that happens inside shares these seconds; inside another `within` the earlier end counts."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def left() -> float:
    """Seconds until the end: 0 when it is over, infinite outside `within`."""
    return max(0.0, _end.get() - time.monotonic())


def asked_for(retry_after: str) -> timedelta | None:
    """What a `Retry-After` header asks for, in seconds or as a date; None for nonsense and for what is over."""
    try:
        if retry_after.isascii() and retry_after.isdigit():
            rest = timedelta(seconds=min(int(retry_after[:9]), LONGEST_REST.total_seconds()))
        else:
            rest = parsedate_to_datetime(retry_after).astimezone(UTC) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return min(rest, LONGEST_REST) if rest > timedelta() else None
