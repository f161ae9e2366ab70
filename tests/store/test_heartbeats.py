"""Signs of life: the latest of each kind."""

from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.store import heartbeats

pytestmark = pytest.mark.usefixtures("tables")


def test_the_latest_of_each_kind() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert heartbeats.last_seen() == {}
    clock.use(lambda: first)
    heartbeats.beat("beat")
    heartbeats.beat("worker")
    clock.use(lambda: first + timedelta(minutes=1))
    heartbeats.beat("worker")
    assert heartbeats.last_seen() == {"beat": first, "worker": first + timedelta(minutes=1)}
