"""A failed dependency is not used for a while, and an outage is logged once."""

import threading
from datetime import timedelta

import pytest

from pitturu.cooldown import Cooldown
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Not at zero, which code may mistake for "never"."""
    return ManualClock(1000.0)


@pytest.fixture
def cooldown(clock: ManualClock) -> Cooldown:
    """Ten seconds, not started."""
    return Cooldown(timedelta(seconds=10), clock)


def test_it_begins_with_a_failure_and_ends_after_its_length(cooldown: Cooldown, clock: ManualClock) -> None:
    assert not cooldown.active
    cooldown.start()
    assert cooldown.active
    clock.seconds += 9.5
    assert cooldown.active
    clock.seconds += 0.5
    assert not cooldown.active


def test_another_failure_begins_it_anew(cooldown: Cooldown, clock: ManualClock) -> None:
    cooldown.start()
    clock.seconds += 8
    cooldown.start()
    clock.seconds += 8
    assert cooldown.active


def test_success_ends_it_at_once(cooldown: Cooldown) -> None:
    cooldown.start()
    cooldown.clear()
    assert not cooldown.active


def test_only_the_first_failure_of_an_outage_is_the_first(cooldown: Cooldown, clock: ManualClock) -> None:
    """The end of a pause does not end the outage: there was no success yet."""
    firsts = []
    for _ in range(3):
        firsts.append(cooldown.start())
        clock.seconds += 20
    cooldown.clear()
    firsts.append(cooldown.start())
    assert firsts == [True, False, False, True]


def test_of_two_threads_that_fail_together_one_is_the_first() -> None:
    """The second begins while the first is inside `start` and reads the clock, and has time to overtake it."""
    firsts: list[bool] = []
    second = threading.Thread(target=lambda: firsts.append(cooldown.start()))

    def now() -> float:
        if threading.current_thread() is not second:
            second.start()
            second.join(0.2)
        return 1000.0

    cooldown = Cooldown(timedelta(seconds=10), now)
    firsts.append(cooldown.start())
    second.join()
    assert sorted(firsts) == [False, True]


def test_its_own_clock_is_the_monotonic_one() -> None:
    cooldown, over = Cooldown(timedelta(hours=1)), Cooldown(timedelta(0))
    cooldown.start()
    over.start()
    assert cooldown.active
    assert not over.active
