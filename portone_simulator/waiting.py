"""Waiting inside a request without blocking the other requests.

The server runs every request in a greenlet of one thread, so a plain blocking call would stop them all. These two
functions are the only places where a request may wait.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import gevent  # type: ignore[import-untyped]

T = TypeVar("T")


def pause(seconds: float) -> None:
    """Wait for `seconds` in this request only."""
    gevent.sleep(seconds)


def offload(work: Callable[[], T]) -> T:
    """Run blocking `work` in a thread and return its result or raise its exception."""
    return cast(T, gevent.get_hub().threadpool.apply(work))
