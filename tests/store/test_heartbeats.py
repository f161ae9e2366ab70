"""Heartbeats: the latest of each kind."""

from datetime import UTC, datetime, timedelta

import pytest

from pitturu.domain import clock
from pitturu.store import heartbeats

pytestmark = pytest.mark.usefixtures("tables")


def test_the_latest_heartbeat_of_each_kind() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert heartbeats.last_seen() == {}
    clock.use(lambda: first)
    heartbeats.beat("beat:a:1")
    heartbeats.beat("worker:a:2")
    clock.use(lambda: first + timedelta(minutes=1))
    heartbeats.beat("worker:b:7")
    assert heartbeats.last_seen() == {"beat": first, "worker": first + timedelta(minutes=1)}
    assert heartbeats.alive(first) == {"beat": 1, "worker": 2}
    assert heartbeats.alive(first + timedelta(seconds=1)) == {"worker": 1}


def test_heartbeats_of_ended_processes_are_deleted() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    clock.use(lambda: first)
    heartbeats.beat("worker:a:1")
    clock.use(lambda: first + timedelta(hours=25))
    heartbeats.beat("worker:a:2")
    heartbeats.delete_expired()
    assert heartbeats.alive(first) == {"worker": 1}


def test_a_very_long_host_name_is_truncated() -> None:
    heartbeats.beat("worker:" + "h" * 300)
    assert list(heartbeats.last_seen()) == ["worker"]
