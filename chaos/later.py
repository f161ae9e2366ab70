"""What happens when the buyer has left: deposits at the bank, late approvals, webhooks that were held."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

from chaos.browser import GaveUp, Stopped

HANDS = 4


class Later:
    """Does things at their time, in a few threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._turns = itertools.count()
        self._plans: list[tuple[float, int, Callable[[], object]]] = []
        self._busy = 0
        self._open = True

    def start(self) -> None:
        """Begin."""
        for number in range(HANDS):
            threading.Thread(target=self._work, name=f"later-{number}", daemon=True).start()

    def after(self, seconds: float, what: Callable[[], object]) -> None:
        """Plan something."""
        with self._changed:
            heapq.heappush(self._plans, (time.monotonic() + seconds, next(self._turns), what))
            self._changed.notify()

    def stop(self) -> None:
        """Do nothing more."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing is planned and nothing under way."""
        with self._changed:
            return not self._plans and not self._busy

    def _work(self) -> None:
        while what := self._next():
            try:
                what()
            except (Stopped, GaveUp):
                continue
            finally:
                with self._changed:
                    self._busy -= 1

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while self._open and (not self._plans or self._plans[0][0] > time.monotonic()):
                self._changed.wait(self._plans[0][0] - time.monotonic() if self._plans else None)
            if not self._open:
                return None
            self._busy += 1
            return heapq.heappop(self._plans)[2]
