"""Actions after the buyer has left: deposits at the bank, late approvals, the release of held webhooks."""

import heapq
import itertools
import threading
import time
import traceback
from collections.abc import Callable

from chaos.browser import GaveUp, Stopped

HANDS = 4


class Scheduler:
    """Runs actions at their time, in a few threads. After `run_all_now` all remaining actions run at once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._turns = itertools.count()
        self._plans: list[tuple[float, int, Callable[[], object]]] = []
        self._busy = 0
        self._open = True
        self._immediately = False
        self.broken: list[str] = []

    def start(self) -> None:
        """Start the threads."""
        for number in range(HANDS):
            threading.Thread(target=self._work, name=f"scheduler-{number}", daemon=True).start()

    def after(self, seconds: float, what: Callable[[], object]) -> None:
        """Schedule an action."""
        with self._changed:
            heapq.heappush(self._plans, (time.monotonic() + seconds, next(self._turns), what))
            self._changed.notify()

    def run_all_now(self) -> None:
        """Run everything that is scheduled at once, because no buyer is left."""
        with self._changed:
            self._immediately = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Stop the threads."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing is scheduled or running."""
        with self._changed:
            return not self._plans and not self._busy

    def _work(self) -> None:
        while what := self._next():
            try:
                what()
            except (Stopped, GaveUp):
                continue
            except Exception:  # noqa: BLE001 -- a deposit that breaks must not pass for one that never came.
                self.broken.append(traceback.format_exc())
            finally:
                with self._changed:
                    self._busy -= 1

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while self._open and (wait := self._seconds_to_wait()) != 0:
                self._changed.wait(wait)
            if not self._open:
                return None
            self._busy += 1
            return heapq.heappop(self._plans)[2]

    def _seconds_to_wait(self) -> float | None:
        """Until the next action is due, None without one."""
        if not self._plans:
            return None
        return 0 if self._immediately else max(0, self._plans[0][0] - time.monotonic())
