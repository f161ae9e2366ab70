"""Ratios of subjects that are measured in turn, and the interval in which such a ratio lies.

The speed of a machine drifts within minutes by more than most bars allow. So subjects are measured round by round, each
round gives one ratio, and what is reported is the median of the rounds, with an interval of 90 %.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from statistics import median
from typing import Final, TypeVar

Result = TypeVar("Result")

CONFIDENCE: Final = 0.9


@dataclass(frozen=True)
class Ratio:
    """One figure for each round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure that a bar is compared with."""
        return median(self.rounds)

    @property
    def interval(self) -> tuple[float, float]:
        """The narrowest pair of rounds, equally far from both ends, between which the true median lies in nine of ten
        runs. It assumes nothing about how the figures scatter. Of fewer than five rounds it is the whole range, which
        is too narrow."""
        ordered, left_out = sorted(self.rounds), 0
        while coverage(len(ordered), left_out + 1) >= CONFIDENCE:
            left_out += 1
        return ordered[left_out], ordered[-1 - left_out]


def coverage(rounds: int, left_out: int) -> float:
    """How probable it is that the median lies between the rounds that remain when `left_out` are left out at each end:
    each round is above it or below it like a coin."""
    return 1 - 2 * sum(comb(rounds, number) for number in range(left_out + 1)) / 2**rounds


def of(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """The ratio of each round. Raises ValueError if one has other rounds than the other."""
    return Ratio(tuple(mine / max(other, 1e-9) for mine, other in zip(ours, theirs, strict=True)))


def interleaved(subjects: Mapping[str, Callable[[], Result]], rounds: int) -> dict[str, list[Result]]:
    """The results of all rounds by subject. Every second round is in the opposite order, so that none is always
    measured after the same other one."""
    results: dict[str, list[Result]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name in list(subjects)[:: -1 if number % 2 else 1]:
            results[name].append(subjects[name]())
    return results
