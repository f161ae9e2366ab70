"""One deadline for everything inside."""

from math import inf

import pytest

from pitturu.portone import patience


def test_outside_there_is_no_hurry() -> None:
    assert patience.left() == inf


def test_the_earlier_end_counts_and_ends_with_its_block() -> None:
    with patience.within(1000):
        with patience.within(10):
            assert 0 < patience.left() <= 10
            with patience.within(500):
                assert patience.left() <= 10
        assert 10 < patience.left() <= 1000
    assert patience.left() == inf


def test_what_is_over_is_over() -> None:
    with patience.within(0):
        assert patience.left() == 0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("999999999999", 3600),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("²", None),
        ("", None),
    ],
)
def test_what_portone_asks_for_is_believed_within_bounds(header: str, seconds: int | None) -> None:
    rest = patience.asked_for(header)

    assert (rest and rest.total_seconds()) == seconds
