"""PortOne's numbers of won are whole and not negative; others are rejected."""

from math import inf, nan

import pytest

from pitturu.domain.money import won


@pytest.mark.parametrize("value", [0, 1, 10_000, 10_000.0, 2**40])
def test_whole_numbers_are_won(value: float) -> None:
    assert won(value) == int(value)


@pytest.mark.parametrize("value", [-1, 0.5, nan, inf, -inf, "100", True, None, [], {}])
def test_other_values_are_not_won(value: object) -> None:
    assert won(value) is None
