"""Counting of rates: exactly for small ones, in batches for large ones, per process without Redis."""

import itertools
import logging
from collections.abc import Callable
from datetime import timedelta

import limits
import pytest
from redis import Redis

from pitturu.api import rate_counter
from pitturu.api.rate_counter import RateCounter
from pitturu.cooldown import Cooldown

FEW, MANY = limits.parse("5/hour"), limits.parse("1000/hour")
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def two(redis_url: str) -> tuple[RateCounter, RateCounter]:
    """As two processes would."""
    Redis.from_url(redis_url).flushdb()
    return RateCounter(redis_url), RateCounter(redis_url)


def spent(take: Callable[[], bool], at_most: int) -> int:
    """How often it may be taken."""
    return next((number for number in range(at_most) if not take()), at_most)


def test_a_small_rate_is_counted_one_by_one_for_all_processes(two: tuple[RateCounter, RateCounter]) -> None:
    one, other = two
    taken = [who.hit(FEW, "hana") for who in (one, other, one, other, one, other)]
    assert taken == [True] * 5 + [False]


def test_a_large_rate_loses_at_most_a_hundredth_a_process(two: tuple[RateCounter, RateCounter]) -> None:
    one, other = two
    assert other.hit(MANY, "hana")
    assert 985 <= spent(lambda: one.hit(MANY, "hana"), 2000) <= 999
    assert not other.hit(MANY, "hana")


def test_a_caller_of_many_processes_is_not_refused_much_too_early(
    redis_url: str, two: tuple[RateCounter, RateCounter]
) -> None:
    """Nobody takes more than was used up before, so what lies unused is never much."""
    many = [*two, *(RateCounter(redis_url) for _ in range(14))]
    turns = itertools.cycle(many)
    assert spent(lambda: next(turns).hit(MANY, "hana"), 2000) >= 850


def test_callers_and_rates_are_kept_apart(two: tuple[RateCounter, RateCounter]) -> None:
    one, _ = two
    assert spent(lambda: one.hit(FEW, "hana"), 9) == 5
    assert one.hit(FEW, "duri")
    assert one.hit(MANY, "hana")


def test_a_batch_grows_when_it_is_used_up(two: tuple[RateCounter, RateCounter], redis_url: str) -> None:
    one, _ = two
    counted = Redis.from_url(redis_url)
    taken = []
    for _ in range(15 + 10):
        one.hit(MANY, "hana")
        (key,) = counted.keys("*hana*")
        taken.append(int(counted.get(key)))  # type: ignore[arg-type]
    assert sorted(set(taken)) == [1, 3, 7, 15, 25]


def test_only_so_many_callers_are_remembered(
    two: tuple[RateCounter, RateCounter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_counter, "MAX_CALLERS", 3)
    one, _ = two
    for number in range(10):
        assert one.hit(MANY, f"buyer {number}")
        assert len(one._left) <= 3


def test_without_redis_a_process_counts_alone_and_logs_it_once(caplog: pytest.LogCaptureFixture) -> None:
    one = RateCounter(NOWHERE)
    with caplog.at_level(logging.WARNING):
        assert spent(lambda: one.hit(FEW, "hana"), 9) == 5
    assert [record.message for record in caplog.records] == ["rates_counted_alone"]


def test_a_redis_that_is_back_counts_again(
    redis_url: str, two: tuple[RateCounter, RateCounter], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    whole, one._shared = one._shared, RateCounter(NOWHERE)._shared
    monkeypatch.setattr(one, "_cooldown", Cooldown(timedelta(0)))
    assert one.hit(FEW, "hana")
    one._shared = whole
    assert spent(lambda: one.hit(FEW, "hana"), 9) == 5
    assert not other.hit(FEW, "hana")
