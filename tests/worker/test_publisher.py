"""Hints over a Redis that lives, dies and comes back. No request ever notices."""

import pytest
from celery import Celery
from flask import Flask
from redis import Redis

from devstack import Valkey
from pitturu.domain.jobs import JobName
from pitturu.worker import publisher
from pitturu.worker.celery_config import HINT_LIVES
from pitturu.worker.publisher import CHANGES, REST, RedisPublisher
from tests.manual_clock import ManualClock
from tests.waiting import until
from tests.worker import celery_worker


@pytest.fixture
def later() -> ManualClock:
    """The announcer's own clock, to be put forward."""
    return ManualClock()


@pytest.fixture
def announce(celery: Celery, redis: Redis, later: ManualClock) -> RedisPublisher:
    """A rested announcer."""
    return RedisPublisher(celery, redis, later)


@pytest.mark.parametrize("job", JobName)
def test_a_wake_up_waits_in_its_queue(announce: RedisPublisher, redis: Redis, job: JobName) -> None:
    announce.wake(job)
    announce.flush()
    assert celery_worker.waiting(redis) == {celery_worker.QUEUE_OF[job]: 1}


def test_what_is_on_its_way_is_not_sent_again_until_somebody_acts(announce: RedisPublisher, redis: Redis) -> None:
    for _ in range(3):
        announce.wake(JobName.VERIFY)
        announce.flush()
    assert celery_worker.waiting(redis) == {"buyers": 1}
    announce.acting(JobName.VERIFY)
    announce.wake(JobName.VERIFY)
    announce.flush()
    assert celery_worker.waiting(redis) == {"buyers": 2}


def test_a_wake_up_that_died_with_its_worker_holds_back_no_other_for_long(
    announce: RedisPublisher, redis: Redis
) -> None:
    announce.wake(JobName.VERIFY)
    announce.flush()
    assert 0 < redis.pttl(publisher.ON_ITS_WAY + JobName.VERIFY) <= publisher.MARK_LIVES.total_seconds() * 1000


def test_the_sweep_is_not_held_back(announce: RedisPublisher, redis: Redis) -> None:
    announce.wake(JobName.VERIFY)
    announce.flush()
    announce.insist(JobName.VERIFY, 3)
    assert celery_worker.waiting(redis) == {"buyers": 4}


def test_nobody_has_to_flush(announce: RedisPublisher, redis: Redis) -> None:
    """A thread of the announcer's own sends what was left with it."""
    announce.wake(JobName.VERIFY)
    until(lambda: celery_worker.waiting(redis) == {"buyers": 1}, "the wake-up waits in its queue")


def test_a_wake_up_says_what_and_never_which_and_does_not_live_long(
    announce: RedisPublisher, celery: Celery, worker_app: Flask
) -> None:
    announce.wake(JobName.VERIFY)
    announce.flush()
    with celery.connection_for_read() as connection, connection.SimpleQueue(celery.amqp.queues["buyers"]) as box:
        message = box.get_nowait()
    assert message.headers["task"] == JobName.VERIFY
    assert message.decode()[:2] == [[], {}]
    assert message.headers["expires"] is not None
    assert HINT_LIVES.total_seconds() == 60


def test_a_change_reaches_whoever_listens(announce: RedisPublisher, redis: Redis) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANGES)
        channel.get_message(timeout=5)
        announce.changed("ses1")
        message = channel.get_message(timeout=5)
    assert message is not None
    assert message["data"] == "ses1"


def test_a_dead_redis_raises_nothing(announce: RedisPublisher, valkey: Valkey, later: ManualClock) -> None:
    valkey.kill()
    for job in JobName:
        announce.wake(job)
        announce.changed("ses1")
        announce.flush()
        later.seconds += REST.total_seconds()


@pytest.mark.parametrize("first", ["wake", "changed"])
def test_after_a_failure_it_rests_and_then_recovers(
    announce: RedisPublisher, redis: Redis, valkey: Valkey, later: ManualClock, first: str
) -> None:
    """One request pays for finding out; the others do not even try, until the rest is over."""
    valkey.kill()
    announce.wake(JobName.VERIFY) if first == "wake" else announce.changed("ses1")
    announce.flush()
    valkey.start()
    announce.wake(JobName.VERIFY)
    announce.changed("ses1")
    announce.flush()
    assert celery_worker.waiting(redis) == {}
    later.seconds += REST.total_seconds()
    announce.wake(JobName.VERIFY)
    announce.flush()
    assert celery_worker.waiting(redis) == {"buyers": 1}
