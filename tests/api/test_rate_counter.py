"""How a rate is counted: exactly when it is small, by the hundredth when it is large, alone when Redis is away."""

import itertools
import logging
from collections.abc import Callable
from datetime import timedelta

import limits
import pytest
from redis import Redis

from pitturu.api import rate_counter
from pitturu.api.rate_counter import Allowance
from pitturu.cooldown import Cooldown

FEW, MANY = limits.parse("5/hour"), limits.parse("1000/hour")
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def two(redis_url: str) -> tuple[Allowance, Allowance]:
    """As two processes would."""
    Redis.from_url(redis_url).flushall()
    return Allowance(redis_url), Allowance(redis_url)


def spent(take: Callable[[], bool], at_most: int) -> int:
    """How often it may be taken."""
    return next((number for number in range(at_most) if not take()), at_most)


def test_a_small_rate_is_counted_one_by_one_for_all_together(two: tuple[Allowance, Allowance]) -> None:
    one, other = two
    taken = [who.spend(FEW, "hana") for who in (one, other, one, other, one, other)]
    assert taken == [True] * 5 + [False]


def test_a_large_rate_loses_at_most_a_hundredth_a_process(two: tuple[Allowance, Allowance]) -> None:
    one, other = two
    assert other.spend(MANY, "hana")
    assert 985 <= spent(lambda: one.spend(MANY, "hana"), 2000) <= 999
    assert not other.spend(MANY, "hana")


def test_who_knocks_at_many_processes_in_turn_is_not_turned_away_long_before(
    redis_url: str, two: tuple[Allowance, Allowance]
) -> None:
    """Nobody takes more than was used up before, so what lies unused is never much."""
    many = [*two, *(Allowance(redis_url) for _ in range(14))]
    turns = itertools.cycle(many)
    assert spent(lambda: next(turns).spend(MANY, "hana"), 2000) >= 850


def test_callers_and_rates_are_kept_apart(two: tuple[Allowance, Allowance]) -> None:
    one, _ = two
    assert spent(lambda: one.spend(FEW, "hana"), 9) == 5
    assert one.spend(FEW, "duri")
    assert one.spend(MANY, "hana")


def test_a_share_grows_while_it_is_used_up(two: tuple[Allowance, Allowance], redis_url: str) -> None:
    one, _ = two
    counted = Redis.from_url(redis_url)
    taken = []
    for _ in range(15 + 10):
        one.spend(MANY, "hana")
        (key,) = counted.keys("*hana*")
        taken.append(int(counted.get(key)))  # type: ignore[arg-type]
    assert sorted(set(taken)) == [1, 3, 7, 15, 25]


def test_only_so_many_callers_are_remembered(two: tuple[Allowance, Allowance], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_counter, "MOST_CALLERS", 3)
    one, _ = two
    for number in range(10):
        assert one.spend(MANY, f"buyer {number}")
        assert len(one._left) <= 3


def test_without_redis_a_process_counts_for_itself_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    one = Allowance(NOWHERE)
    with caplog.at_level(logging.WARNING):
        assert spent(lambda: one.spend(FEW, "hana"), 9) == 5
    assert [record.message for record in caplog.records] == ["rates_counted_alone"]


def test_a_redis_that_is_back_counts_again(
    redis_url: str, two: tuple[Allowance, Allowance], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    whole, one._together = one._together, Allowance(NOWHERE)._together
    monkeypatch.setattr(one, "_cooldown", Cooldown(timedelta(0)))
    assert one.spend(FEW, "hana")
    one._together = whole
    assert spent(lambda: one.spend(FEW, "hana"), 9) == 5
    assert not other.spend(FEW, "hana")
