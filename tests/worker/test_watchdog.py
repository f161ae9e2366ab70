"""The watchdog detects a worker that receives nothing, and tolerates idle and busy ones, a dead broker, lost pings."""

from datetime import timedelta
from threading import Event

import pytest
from celery import Celery
from flask import Flask
from redis import Redis

from devstack import Valkey
from pitturu.services import services_of
from pitturu.worker import ping
from pitturu.worker.watchdog import MIN_PINGS, SUSPICIOUS, Watchdog, Watched

LIMIT = timedelta(seconds=120)


class Worker:
    """A watched worker: whether the broker accepts pings, whether it is busy, whether it receives messages."""

    def __init__(self) -> None:
        self.broker_accepts, self.busy, self.deaf = True, False, False
        watched = Watched("worker", self._ping, lambda: self.busy, lambda: None, timedelta())
        self.watchdog = Watchdog(watched, LIMIT, Event())

    def _ping(self) -> bool:
        return self.broker_accepts

    def checks(self, count: int) -> bool:
        """Run `count` checks. Returns the result of the last one."""
        found = False
        for _ in range(count):
            found = self.watchdog.check()
            if not self.deaf and self.broker_accepts and not self.busy:
                self.watchdog.message_received()
        return found


LONG = int(LIMIT / timedelta(seconds=5)) + 1


def test_a_worker_that_receives_no_messages_is_detected_at_the_limit() -> None:
    worker = Worker()
    worker.deaf = True

    assert not worker.checks(LONG - 1)
    assert worker.watchdog.suspicious
    assert worker.checks(1)


def test_an_idle_worker_receives_its_own_pings() -> None:
    assert not Worker().checks(10 * LONG)


def test_a_busy_worker_is_not_restarted() -> None:
    worker = Worker()
    worker.busy = True

    assert not worker.checks(10 * LONG)
    assert not worker.watchdog.suspicious


def test_pings_that_the_broker_did_not_accept_do_not_count() -> None:
    worker = Worker()
    worker.deaf = True
    assert not worker.checks(LONG - 1)
    worker.broker_accepts = False
    assert not worker.checks(LONG)
    worker.broker_accepts = True

    assert not worker.checks(LONG - 1), "the count starts again"
    assert worker.checks(1)


def test_a_few_lost_pings_do_not_stop_the_heartbeat() -> None:
    worker = Worker()
    worker.deaf = True
    worker.checks(SUSPICIOUS)
    assert not worker.watchdog.suspicious


def test_elapsed_time_does_not_count() -> None:
    """After a suspended machine resumes, its clock is far ahead and the number of pings is unchanged."""
    watched = Watched("worker", lambda: True, lambda: False, lambda: None, timedelta())
    watchdog = Watchdog(watched, timedelta(microseconds=MIN_PINGS), Event())
    assert not watchdog.check()


@pytest.mark.parametrize("limit", [0.4, 2, 20, 120, 86_400])
def test_several_pings_are_sent_whatever_the_limit(limit: float) -> None:
    watched = Watched("worker", lambda: True, lambda: False, lambda: None, timedelta())
    watchdog = Watchdog(watched, timedelta(seconds=limit), Event())
    results = [watchdog.check() for _ in range(MIN_PINGS)]
    assert results == [False] * MIN_PINGS
    assert watchdog.interval <= timedelta(seconds=5)


@pytest.fixture
def own(celery: Celery, worker_app: Flask) -> ping.OwnQueue:
    """The ping queue of a process."""
    return ping.OwnQueue(celery, services_of(worker_app).settings, "worker:host:1")


def test_a_ping_is_queued_in_the_queue_of_the_process_which_expires(own: ping.OwnQueue, redis: Redis) -> None:
    assert own.ping()
    assert redis.keys() == ["pitturu:worker:host:1"]
    assert 0 < redis.ttl("pitturu:worker:host:1") <= ping.QUEUE_EXPIRES.total_seconds()


def test_a_dead_broker_accepts_no_ping(own: ping.OwnQueue, celery: Celery, valkey: Valkey) -> None:
    assert ping.reachable(celery)
    valkey.kill()
    assert not own.ping()
    assert not ping.reachable(celery)
