"""One deadline for everything inside."""

from math import inf

import pytest

from pitturu.portone import deadline


def test_without_a_deadline_there_is_no_limit() -> None:
    assert deadline.left() == inf


def test_the_earlier_end_counts_and_ends_with_its_block() -> None:
    with deadline.within(1000):
        with deadline.within(10):
            assert 0 < deadline.left() <= 10
            with deadline.within(500):
                assert deadline.left() <= 10
        assert 10 < deadline.left() <= 1000
    assert deadline.left() == inf


def test_after_the_deadline_nothing_is_left() -> None:
    with deadline.within(0):
        assert deadline.left() == 0


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
def test_retry_after_is_limited(header: str, seconds: int | None) -> None:
    rest = deadline.asked_for(header)

    assert (rest and rest.total_seconds()) == seconds
