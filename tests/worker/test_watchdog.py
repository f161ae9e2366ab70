"""Silence is told from idleness, from being busy, from a broker that is away, and from a machine that slept."""

from datetime import timedelta
from threading import Event

import pytest
from celery import Celery
from flask import Flask
from redis import Redis

from devstack import Valkey
from pitturu.services import services_of
from pitturu.worker import ping
from pitturu.worker.watchdog import DOUBT, ROUNDS, Silence, Watchdog, Watched

PATIENCE = timedelta(seconds=120)


class Worker:
    """Somebody to watch: what the broker takes, whether there is a place free, and what is heard."""

    def __init__(self) -> None:
        self.broker_takes, self.busy, self.deaf = True, False, False
        watched = Watched("worker", self._ping, lambda: self.busy, lambda: None, timedelta())
        self.dog = Watchdog(watched, PATIENCE, Event())

    def _ping(self) -> bool:
        return self.broker_takes

    def rounds(self, count: int) -> bool:
        """So many rounds pass; whether it is found silent in the end."""
        found = False
        for _ in range(count):
            found = self.dog.look()
            if not self.deaf and self.broker_takes and not self.busy:
                self.dog.heard()
        return found


LONG = int(PATIENCE / timedelta(seconds=5)) + 1


def test_a_worker_that_takes_no_messages_is_found_silent_when_its_time_is_over() -> None:
    worker = Worker()
    worker.deaf = True

    assert not worker.rounds(LONG - 1)
    assert worker.dog.doubtful
    assert worker.rounds(1)


def test_an_idle_worker_hears_its_own_pings() -> None:
    assert not Worker().rounds(10 * LONG)


def test_a_busy_worker_is_not_silent() -> None:
    worker = Worker()
    worker.busy = True

    assert not worker.rounds(10 * LONG)
    assert not worker.dog.doubtful


def test_a_broker_that_is_away_is_not_the_workers_fault() -> None:
    worker = Worker()
    worker.deaf = True
    assert not worker.rounds(LONG - 1)
    worker.broker_takes = False
    assert not worker.rounds(LONG)
    worker.broker_takes = True

    assert not worker.rounds(LONG - 1), "from here on it has all its time again"
    assert worker.rounds(1)


def test_one_ping_that_got_lost_is_nothing() -> None:
    worker = Worker()
    worker.deaf = True
    worker.rounds(DOUBT)
    assert not worker.dog.doubtful


def test_time_alone_is_no_silence() -> None:
    """A machine that slept wakes up with its clock far ahead and with no more rounds than before."""
    silence = Silence(ROUNDS)
    silence.asked()
    assert not silence.too_long


@pytest.mark.parametrize("patience", [0.4, 2, 20, 120, 86_400])
def test_several_pings_are_sent_whatever_the_patience(patience: float) -> None:
    watched = Watched("worker", lambda: True, lambda: False, lambda: None, timedelta())
    dog = Watchdog(watched, timedelta(seconds=patience), Event())
    looks = [dog.look() for _ in range(ROUNDS)]
    assert looks == [False] * ROUNDS
    assert dog.round <= timedelta(seconds=5)


@pytest.fixture
def own(celery: Celery, worker_app: Flask) -> ping.OwnQueue:
    """A process's own queue."""
    return ping.OwnQueue(celery, services_of(worker_app).settings, "worker:host:1")


def test_a_ping_waits_in_the_processes_own_queue_and_leaves_nothing_behind(own: ping.OwnQueue, redis: Redis) -> None:
    assert own.ping()
    assert redis.keys() == ["pitturu:worker:host:1"]
    assert 0 < redis.ttl("pitturu:worker:host:1") <= ping.FORGOTTEN_AFTER.total_seconds()


def test_a_dead_broker_takes_no_ping(own: ping.OwnQueue, celery: Celery, valkey: Valkey) -> None:
    assert ping.reachable(celery)
    valkey.kill()
    assert not own.ping()
    assert not ping.reachable(celery)
