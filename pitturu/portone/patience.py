"""How much longer the present call may take, whatever it is busy with: one deadline for everything inside `within`.

A context variable carries it, because the socket that has to obey it lies four libraries below the call.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

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
