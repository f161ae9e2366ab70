"""The setting of instalments, and what PortOne reports of them."""

import pytest

from pitturu.domain.installments import months_for, reported, rules


def test_months_are_offered_from_an_amount_on() -> None:
    offered = rules(("6=300000", "2=50000", "3=50000"))

    assert offered is not None
    assert [months_for(amount, offered) for amount in (49_999, 50_000, 300_000)] == [[], [2, 3], [2, 3, 6]]
    assert (rules(()), rules(("none",))) == (None, ())


@pytest.mark.parametrize(
    "words", ["3", "3=", "1=50000", "61=50000", "3=49999", "3=50000 3=60000", "none 3=50000", "x=y"]
)
def test_what_cannot_be_offered(words: str) -> None:
    with pytest.raises(ValueError, match=r"months|must be"):
        rules(words.split())


@pytest.mark.parametrize(
    ("value", "months"),
    [(0, 0), (1, 0), (3, 3), (60, 60), (61, None), (-1, None), ("3", None), (True, None), (3.0, None), (None, None)],
)
def test_reported_months(value: object, months: int | None) -> None:
    assert reported(value) == months
