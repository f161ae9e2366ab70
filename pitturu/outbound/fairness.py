"""Shares the calls of a process among the shop's endpoints, so that a slow one leaves room for the others.

An endpoint that answers at the last moment, with whatever status, occupies a thread for seconds for each event. With
the oldest event first, one such endpoint with a backlog would occupy all of them.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


class CallCounter:
    """How many calls to each endpoint this process has in flight."""

    def __init__(self) -> None:
        self._lock, self._calls = threading.Lock(), Counter[str]()

    @contextmanager
    def counted(self, endpoint_id: str) -> Iterator[None]:
        """One call to this endpoint is in flight meanwhile."""
        with self._lock:
            self._calls[endpoint_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls[endpoint_id] -= 1

    def calls(self) -> Mapping[str, int]:
        """The calls in flight by endpoint; 0 for any other."""
        with self._lock:
            return Counter(self._calls)


def shares(waiting: Sequence[str], calls: Mapping[str, int], room: int) -> dict[str, int]:
    """How many of `room` free threads each endpoint may take that has events waiting, in the order of `waiting`.

    In turn, one each, while an endpoint has fewer than are left: a single one gets half of all threads, and whoever
    comes next finds some that are free.
    """
    taken, left = Counter[str](), room
    turn = sorted(waiting, key=lambda endpoint_id: calls.get(endpoint_id, 0))
    while turn and left:
        turn = [one for one in turn if (held := calls.get(one, 0) + taken[one]) == 0 or held < left]
        for endpoint_id in turn[:left]:
            taken[endpoint_id] += 1
            left -= 1
    return dict(taken)
