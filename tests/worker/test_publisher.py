"""Wake-ups through a Redis that runs, dies and restarts: requests get no error."""

import pytest
from celery import Celery
from flask import Flask
from redis import Redis

from devstack import Valkey
from pitturu.domain.jobs import JobName
from pitturu.worker import publisher
from pitturu.worker.celery_config import WAKE_UP_EXPIRES
from pitturu.worker.publisher import CHANGES, PAUSE, RedisPublisher
from tests.manual_clock import ManualClock
from tests.waiting import until
from tests.worker import celery_worker


@pytest.fixture
def clock() -> ManualClock:
    """The publisher's clock, which tests advance."""
    return ManualClock()


@pytest.fixture
def redis_publisher(celery: Celery, redis: Redis, clock: ManualClock) -> RedisPublisher:
    """A publisher that does not pause."""
    return RedisPublisher(celery, redis, clock)


@pytest.mark.parametrize("job", JobName)
def test_a_wake_up_is_queued_in_its_queue(redis_publisher: RedisPublisher, redis: Redis, job: JobName) -> None:
    redis_publisher.wake(job)
    redis_publisher.flush()
    assert celery_worker.waiting(redis) == {celery_worker.QUEUE_OF[job]: 1}


def test_no_second_wake_up_is_sent_until_a_worker_claims(redis_publisher: RedisPublisher, redis: Redis) -> None:
    for _ in range(3):
        redis_publisher.wake(JobName.VERIFY)
        redis_publisher.flush()
    assert celery_worker.waiting(redis) == {"buyers": 1}
    redis_publisher.claiming(JobName.VERIFY)
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.flush()
    assert celery_worker.waiting(redis) == {"buyers": 2}


def test_the_mark_of_a_wake_up_in_flight_expires(redis_publisher: RedisPublisher, redis: Redis) -> None:
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.flush()
    assert 0 < redis.pttl(publisher.ON_ITS_WAY + JobName.VERIFY) <= publisher.MARK_EXPIRES.total_seconds() * 1000


def test_the_sweep_sends_wake_ups_regardless_of_the_mark(redis_publisher: RedisPublisher, redis: Redis) -> None:
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.flush()
    redis_publisher.wake_workers(JobName.VERIFY, 3)
    assert celery_worker.waiting(redis) == {"buyers": 4}


def test_the_publisher_thread_sends_without_flush(redis_publisher: RedisPublisher, redis: Redis) -> None:
    """The publisher's thread sends what was collected."""
    redis_publisher.wake(JobName.VERIFY)
    until(lambda: celery_worker.waiting(redis) == {"buyers": 1}, "the wake-up waits in its queue")


def test_a_wake_up_has_no_arguments_and_expires(
    redis_publisher: RedisPublisher, celery: Celery, worker_app: Flask
) -> None:
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.flush()
    with celery.connection_for_read() as connection, connection.SimpleQueue(celery.amqp.queues["buyers"]) as box:
        message = box.get_nowait()
    assert message.headers["task"] == JobName.VERIFY
    assert message.decode()[:2] == [[], {}]
    assert message.headers["expires"] is not None
    assert WAKE_UP_EXPIRES.total_seconds() == 60


def test_a_change_reaches_subscribers(redis_publisher: RedisPublisher, redis: Redis) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANGES)
        channel.get_message(timeout=5)
        redis_publisher.changed("ses1")
        message = channel.get_message(timeout=5)
    assert message is not None
    assert message["data"] == "ses1"


def test_a_dead_redis_raises_nothing(redis_publisher: RedisPublisher, valkey: Valkey, clock: ManualClock) -> None:
    valkey.kill()
    for job in JobName:
        redis_publisher.wake(job)
        redis_publisher.changed("ses1")
        redis_publisher.flush()
        clock.seconds += PAUSE.total_seconds()


@pytest.mark.parametrize("first", ["wake", "changed"])
def test_after_a_failure_it_pauses_and_then_recovers(
    redis_publisher: RedisPublisher, redis: Redis, valkey: Valkey, clock: ManualClock, first: str
) -> None:
    """One request notices the failure; the others do not try until the pause is over."""
    valkey.kill()
    redis_publisher.wake(JobName.VERIFY) if first == "wake" else redis_publisher.changed("ses1")
    redis_publisher.flush()
    valkey.start()
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.changed("ses1")
    redis_publisher.flush()
    assert celery_worker.waiting(redis) == {}
    clock.seconds += PAUSE.total_seconds()
    redis_publisher.wake(JobName.VERIFY)
    redis_publisher.flush()
    assert celery_worker.waiting(redis) == {"buyers": 1}
