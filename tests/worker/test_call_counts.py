"""What a worker reports of its calls to PortOne."""

import pytest

from pitturu import instruments
from pitturu.worker.call_counts import WINDOW, CallCounts
from tests.manual_clock import ManualClock


def call(outcome: str, seconds: float, generation: str = "v2") -> None:
    instruments.portone_calls.labels(generation, "payments.get", outcome).inc()
    instruments.portone_seconds.labels(generation, "payments.get").observe(seconds)


def test_calls_of_the_last_minutes_by_outcome_and_duration() -> None:
    clock = ManualClock()
    call("ok", 99)
    counts = CallCounts(clock)
    assert all(not one["outcomes"] for name, one in counts.last().items() if name != "seconds")

    for _ in range(3):
        call("ok", 0.2)
    call("try_again", 50)
    call("ok", 1, "v1")
    clock.seconds = 60
    told = counts.last()
    assert (told["seconds"], told["v1"]["outcomes"]) == (60, {"ok": 1})
    assert (told["v2"]["outcomes"], told["v2"]["total_ms"]) == ({"ok": 3, "try_again": 1}, 50_600)
    place = instruments.REMOTE.index(0.25)
    assert [number for number, count in enumerate(told["v2"]["buckets"]) if count] == [place, len(instruments.REMOTE)]
    assert told["v2"]["buckets"][place] == 3

    call("ok", 0.2)
    for second in range(65, 65 + int(WINDOW.total_seconds()), 5):
        clock.seconds = second
        told = counts.last()
    assert (told["v2"]["outcomes"], told["v1"]["outcomes"]) == ({"ok": 1}, {})
    assert told["seconds"] == pytest.approx(WINDOW.total_seconds(), abs=5)
