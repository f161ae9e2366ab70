"""Amounts in won are whole, positive and bounded; other numbers of PortOne are rejected."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pitturu.domain.money import MAX_AMOUNT, AmountOutOfRange, line_total, won


@given(some.integers(1, 10**10), some.integers(1, 1000))
def test_a_total_is_exact_or_refused(price: int, quantity: int) -> None:
    if price * quantity <= MAX_AMOUNT:
        assert line_total(price, quantity) == price * quantity
    else:
        with pytest.raises(AmountOutOfRange):
            line_total(price, quantity)


@pytest.mark.parametrize("value", [0, 1, 10_000, 10_000.0, 2**40])
def test_whole_numbers_are_won(value: float) -> None:
    assert won(value) == int(value)


@pytest.mark.parametrize("value", [-1, 0.5, nan, inf, -inf, "100", True, None, [], {}])
def test_other_values_are_not_won(value: object) -> None:
    assert won(value) is None
