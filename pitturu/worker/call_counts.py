"""What a worker counted of its calls to PortOne in the last minutes, for its heartbeat: processes that serve operators
make none themselves, and cannot see its counters."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from pitturu import instruments

WINDOW: Final = timedelta(minutes=5)

Counts = defaultdict[tuple[str, str], float]
"""By generation and what is counted: an outcome, the seconds, or the bucket of a duration by its upper bound."""

SECONDS: Final = "seconds"


class CallCounts:
    """The counts of WINDOW, or of the time since the process started. For one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._readings: deque[tuple[float, Counts]] = deque([(now(), _read())])

    def last(self) -> dict[str, Any]:
        """`seconds`, how long was counted; and by generation `outcomes`, `total_ms`, and `buckets`, the durations in
        each of `instruments.REMOTE` and above."""
        at, present = self._now(), _read()
        self._readings.append((at, present))
        while len(self._readings) > 1 and self._readings[1][0] <= at - WINDOW.total_seconds():
            self._readings.popleft()
        since, earlier = self._readings[0]
        return {
            "seconds": round(at - since),
            **_shown({what: count - earlier[what] for what, count in present.items()}),
        }


def _read() -> Counts:
    found: Counts = defaultdict(float)
    for metric in (*instruments.portone_calls.collect(), *instruments.portone_seconds.collect()):
        for sample in metric.samples:
            generation = sample.labels["generation"]
            if sample.name.endswith("_total"):
                found[generation, sample.labels["outcome"]] += sample.value
            elif sample.name.endswith("_bucket"):
                found[generation, _upto(sample.labels["le"])] += sample.value
            elif sample.name.endswith("_sum"):
                found[generation, SECONDS] += sample.value
    return found


def _shown(counts: Mapping[tuple[str, str], float]) -> dict[str, Any]:
    bounds = [_upto(bound) for bound in (*map(str, map(float, instruments.REMOTE)), "+Inf")]
    shown = {}
    for generation in {generation for generation, _ in counts}:
        own = {what: count for (one, what), count in counts.items() if one == generation}
        upto = [int(own.pop(bound, 0)) for bound in bounds]
        total_ms = round(own.pop(SECONDS, 0) * 1000)
        buckets = [count - before for count, before in zip(upto, [0, *upto], strict=False)]
        outcomes = {what: int(count) for what, count in own.items() if count}
        shown[generation] = {"outcomes": outcomes, "total_ms": total_ms, "buckets": buckets}
    return shown


def _upto(bound: str) -> str:
    return f"<{bound}"
