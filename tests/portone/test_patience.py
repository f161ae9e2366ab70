"""One deadline for everything inside."""

from math import inf

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
