"""The arithmetic of measurements."""

from collections import Counter

import pytest

from benchmarks.figures import Bar, Sample, merged, percentile, steady_rate, typical
from benchmarks.ratios import Ratio


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100), (0, 1), (1, 1)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


def test_one_value_is_every_percentile() -> None:
    assert [percentile([7.0], percent) for percent in (0, 50, 99)] == [7, 7, 7]


def test_nothing_measured_has_no_percentile() -> None:
    assert percentile([], 99) == 0


def test_only_successes_count_as_throughput() -> None:
    sample = Sample([0.1] * 8, Counter({201: 3, 304: 1, 500: 2, 429: 1, 0: 1}), seconds=2)

    assert sample.per_second == 2
    assert sample.failures == 4


def test_rounds_are_merged_over_their_time_together() -> None:
    rounds = [Sample([1.0, 3.0], Counter({200: 2}), 1), Sample([5.0], Counter({200: 1}), 2)]

    whole = merged(rounds)

    assert whole.per_second == 1
    assert percentile(whole.took, 50) == 3


def test_a_typical_round_has_the_spread_of_all() -> None:
    assert typical([90, 100, 120]) == (100, 0.3)


def test_a_steady_rate_leaves_out_the_start_and_the_end() -> None:
    start, end = [0.0] * 10, [1000.0] * 9
    middle = [100 + n / 50 for n in range(81)]

    assert steady_rate(start + middle + end) == pytest.approx(50)


def test_no_moments_have_no_rate() -> None:
    assert steady_rate([]) == 0


@pytest.mark.parametrize(
    ("figure", "most", "kept"), [(0.61, False, True), (0.59, False, False), (0.61, True, False), (0.6, True, True)]
)
def test_a_bar_is_kept_on_its_side(figure: float, most: bool, kept: bool) -> None:
    rounds = Ratio((figure, 9.0, 0.1))
    assert Bar("a", "a thing", rounds, 0.6, most=most).kept is kept
