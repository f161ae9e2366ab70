"""What an order costs, and how its VAT is divided."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.money import MAX_AMOUNT, AmountOutOfRange
from pitturu.domain.pricing import Totals, after_discount, totals, vat_of


class Priced(NamedTuple):
    unit_price: int
    quantity: int
    tax_free: bool = False


LINES = st.lists(st.builds(Priced, st.integers(1, 10**6), st.integers(1, 1_000), st.booleans()), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("lines", "shipping", "discount", "expected"),
    [
        ([Priced(1_000, 2)], 0, 0, Totals(2_000, 0, 0, 0)),
        ([Priced(1_000, 2), Priced(500, 1, tax_free=True)], 3_000, 0, Totals(2_500, 3_000, 0, 500)),
        ([Priced(1_000, 2), Priced(500, 2, tax_free=True)], 0, 300, Totals(3_000, 0, 300, 900)),
        ([Priced(1_000, 1, tax_free=True)], 3_000, 1_000, Totals(1_000, 3_000, 1_000, 0)),
        ([Priced(1_000, 1, tax_free=True)], 3_000, 2_500, Totals(1_000, 3_000, 2_500, 0)),
    ],
)
def test_the_sums_of_an_order(lines: list[Priced], shipping: int, discount: int, expected: Totals) -> None:
    """A discount is shared by all lines; what is more than they cost is taken off the shipping, which has VAT."""
    found = totals(lines, shipping, discount)
    assert found == expected
    assert found.amount == found.items + shipping - discount


@given(LINES, st.integers(0, 10**7), st.integers(0, 10**9))
def test_an_amount_is_exact_or_refused(lines: list[Priced], shipping: int, discount: int) -> None:
    items = sum(line.unit_price * line.quantity for line in lines)
    if items > MAX_AMOUNT or not 1 <= items + shipping - discount <= MAX_AMOUNT:
        with pytest.raises(AmountOutOfRange):
            totals(lines, shipping, discount)
        return
    found = totals(lines, shipping, discount)
    assert (found.items, found.amount) == (items, items + shipping - discount)
    assert 0 <= found.tax_free <= min(found.amount, sum(one.unit_price * one.quantity for one in lines if one.tax_free))


def test_a_discount_never_makes_a_part_cost_more_than_the_whole() -> None:
    assert [after_discount(price, 3, 2) for price in range(4)] == [0, 0, 0, 1]


@pytest.mark.parametrize(("taxable", "vat"), [(0, 0), (5, 0), (6, 1), (1_000, 91), (11_000, 1_000), (50_000, 4_545)])
def test_vat_is_an_eleventh_rounded_half_up(taxable: int, vat: int) -> None:
    assert vat_of(taxable) == vat
