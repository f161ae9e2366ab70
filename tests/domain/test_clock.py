"""PortOne's unix seconds, and a clock that tests can turn."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pitturu.domain import clock


@pytest.fixture(autouse=True)
def _own_time() -> Iterator[None]:
    yield
    clock.use(None)


def test_a_clock_can_be_turned_and_turned_back() -> None:
    then = datetime(2030, 1, 1, tzinfo=UTC)
    clock.use(lambda: then)
    assert clock.now() == then
    clock.use(None)
    assert clock.now() != then


@pytest.mark.parametrize("nothing", [0, None, -1, "", "1763870450", True, float("nan"), float("inf"), 10**30])
def test_what_has_not_happened_or_is_nonsense_is_none(nothing: object) -> None:
    assert clock.from_unix(nothing) is None


def test_seconds() -> None:
    assert clock.from_unix(1763870450) == datetime(2025, 11, 23, 4, 0, 50, tzinfo=UTC)
