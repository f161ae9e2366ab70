"""Waiting inside a request without holding up the other requests.

The server runs every request in a greenlet of one thread, so a plain blocking call would stop them all. These two
functions are the only places where a request may wait.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import gevent  # type: ignore[import-untyped]

T = TypeVar("T")


def pause(seconds: float) -> None:
    """Let `seconds` pass for this request only."""
    gevent.sleep(seconds)


def offload(work: Callable[[], T]) -> T:
    """Run blocking `work` in a real thread and hand back its result or its exception."""
    return cast(T, gevent.get_hub().threadpool.apply(work))
