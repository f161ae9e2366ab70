"""The clocks during collection are as tests/collection_clock.py says. This module read them when it was collected."""

import time
from datetime import UTC, datetime, timedelta

from pitturu.domain import clock
from tests.collection_clock import EARLIER, ReadAtCollection


def read_clock() -> datetime | ReadAtCollection:
    """What the clock of the project answers now."""
    try:
        return clock.now()
    except ReadAtCollection as refusal:
        return refusal


AT_COLLECTION = {"project": read_clock(), "datetime": datetime.now(UTC).timestamp(), "time": time.time()}


def test_the_clock_of_the_project_is_not_read_at_collection() -> None:
    assert isinstance(AT_COLLECTION["project"], ReadAtCollection)
    assert datetime.now(UTC) - clock.now() < timedelta(minutes=1)


def test_collection_was_an_hour_before_the_first_test() -> None:
    for name in ("datetime", "time"):
        assert time.time() - AT_COLLECTION[name] >= EARLIER.total_seconds()
