"""Ratios of interleaved rounds and their interval."""

from random import Random
from statistics import median

import pytest

from benchmarks import ratios
from benchmarks.ratios import CONFIDENCE, Ratio, coverage


def test_the_figure_is_the_median_of_the_rounds() -> None:
    assert ratios.of([10, 30, 90], [10, 10, 10]).median == 3


def test_rounds_that_do_not_belong_together_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratios.of([1, 2], [1])


@pytest.mark.parametrize(
    ("rounds", "interval"),
    [(range(1, 4), (1, 3)), (range(1, 8), (1, 7)), (range(1, 9), (2, 7)), (range(1, 14), (4, 10))],
)
def test_the_interval_leaves_out_as_many_rounds_as_it_may(rounds: range, interval: tuple[int, int]) -> None:
    assert Ratio(tuple(float(one) for one in reversed(rounds))).interval == interval


def test_five_rounds_are_enough_for_an_interval() -> None:
    assert coverage(4, 0) < CONFIDENCE < coverage(5, 0)


def test_the_interval_contains_the_truth_in_nine_of_ten_runs() -> None:
    random, found = Random(7), 0
    for _ in range(2000):
        low, high = Ratio(tuple(random.lognormvariate(0, 0.3) for _ in range(8))).interval
        found += low <= 1 <= high

    assert 0.9 < found / 2000 < 0.96


def test_drift_of_the_machine_is_no_difference() -> None:
    speed = iter(range(100, 200))
    found = ratios.interleaved({"ours": lambda: next(speed), "bare": lambda: next(speed)}, 8)

    assert found["ours"][:3] == [100, 103, 104]
    assert median(found["ours"]) == median(found["bare"])
