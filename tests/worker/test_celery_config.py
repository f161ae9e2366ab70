"""Every setting of Celery, with the reason for its value."""

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery

from pitturu.domain.jobs import JobName, Queue
from pitturu.worker.celery_config import WAKE_UP_EXPIRES, celery_settings
from tests.values import settings_for
from tests.worker.celery_worker import QUEUE_OF

SETTINGS = settings_for(redis_url="redis://r:1/0", visibility_timeout=timedelta(minutes=50))

REASONS: list[tuple[str, Any, str]] = [
    ("broker_url", "redis://r:1/0", "the broker of the setting"),
    ("result_backend", None, "the outcome is in the rows"),
    ("task_ignore_result", True, "nothing reads a result"),
    ("task_serializer", "json", "a message must be data, never code"),
    ("accept_content", ["json"], "a pickle in a compromised Redis would be executed"),
    ("task_acks_late", False, "Redis would redeliver a dead worker's message, hours after the end of the lease"),
    ("task_reject_on_worker_lost", False, "a message that kills its worker would kill the next one too"),
    ("worker_prefetch_multiplier", 1, "a busy worker must not prefetch wake-ups that an idle one could take"),
    ("task_soft_time_limit", 45.0, "above the longest call, below the hard limit"),
    ("task_time_limit", 60.0, "below the lease, so that no task outlives its claim"),
    ("task_publish_retry", False, "a request must not wait for a dead Redis"),
    ("broker_connection_timeout", 2, "a request must not wait for a Redis that does not answer"),
    ("broker_connection_retry_on_startup", True, "a worker may be started before Redis"),
    ("broker_connection_max_retries", None, "a worker waits for Redis without limit"),
    ("task_default_queue", Queue.HOUSEKEEPING, "what is not routed must not delay buyers"),
    ("task_create_missing_queues", False, "a misspelled queue is an error, not a queue that no worker reads"),
    ("worker_enable_remote_control", False, "its reply queues survive a reconnect in a bad state"),
    ("worker_send_task_events", False, "no event consumer exists"),
    ("worker_hijack_root_logger", False, "the application configures its own JSON log"),
    ("worker_redirect_stdouts", False, "libraries' prints are not logged"),
    ("timezone", "UTC", "times are UTC everywhere"),
    ("beat_max_loop_interval", 3.0, "beat checks its schedule at least once a sweep"),
]
TRANSPORT: list[tuple[str, Any, str]] = [
    ("visibility_timeout", 3000.0, "longer than the lease, shorter than PortOne's idempotency window"),
    ("queue_order_strategy", "priority", "buyers before webhooks before refunds before housekeeping"),
    ("max_retries", 0, "a publisher gives up at once; the row is due anyway"),
    ("socket_connect_timeout", 0.5, "what a dead Redis may cost a request"),
    ("socket_timeout", 5, "above the worker's poll of one second, short enough to notice a dead Redis"),
    ("socket_keepalive", True, "a dead connection must not block a worker permanently"),
    ("health_check_interval", 25, "so that a half-open connection is noticed before it is needed"),
    ("global_keyprefix", "pitturu:", "several systems may share one Redis"),
]


@pytest.mark.parametrize(("name", "value", "reason"), REASONS, ids=[case[0] for case in REASONS])
def test_setting(name: str, value: Any, reason: str) -> None:
    assert celery_settings(SETTINGS)[name] == value, reason


@pytest.mark.parametrize(("name", "value", "reason"), TRANSPORT, ids=[case[0] for case in TRANSPORT])
def test_transport(name: str, value: Any, reason: str) -> None:
    assert celery_settings(SETTINGS)["broker_transport_options"][name] == value, reason


def test_every_setting_has_a_reason_above() -> None:
    explained = {name for name, _, _ in REASONS}
    tested_below = {"task_queues", "beat_schedule", "broker_transport_options"}
    chosen = celery_settings(SETTINGS)
    assert set(chosen) == explained | tested_below
    assert set(chosen["broker_transport_options"]) == {name for name, _, _ in TRANSPORT}


def test_the_most_urgent_queue_is_emptied_first() -> None:
    assert list(celery_settings(SETTINGS)["task_queues"]) == ["buyers", "webhooks", "refunds", "housekeeping"]


@pytest.mark.parametrize("job", JobName)
def test_every_job_is_routed_to_its_queue(celery: Celery, job: JobName) -> None:
    queue = celery.amqp.router.route({}, job)["queue"]
    assert (queue.name, queue.routing_key) == (QUEUE_OF[job], QUEUE_OF[job])


def test_every_queue_is_used() -> None:
    assert set(QUEUE_OF.values()) == set(Queue)


def test_schedule_of_beat_and_expiry_of_its_messages() -> None:
    schedule = celery_settings(SETTINGS)["beat_schedule"]
    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == {
        JobName.SWEEP: timedelta(seconds=3),
        JobName.CLEAN: timedelta(hours=1),
        JobName.AUDIT: timedelta(minutes=10),
        JobName.COMPARE_ON_TIME: timedelta(minutes=10),
        JobName.UPDATE_ROLLUPS: timedelta(seconds=5),
        JobName.EVALUATE_ALERTS: timedelta(minutes=1),
    }
    assert {entry["options"]["expires"] for entry in schedule.values()} == {WAKE_UP_EXPIRES.total_seconds()}


def test_beat_does_not_loop_faster_than_once_a_second() -> None:
    assert celery_settings(settings_for(sweep_interval=timedelta(seconds=0.1)))["beat_max_loop_interval"] == 1


def test_publishers_have_a_shorter_timeout_than_workers_who_poll_redis_for_a_second(celery: Celery) -> None:
    with celery.connection_for_read() as worker, celery.connection_for_write() as publisher:
        timeouts = [each.transport_options["socket_timeout"] for each in (publisher, worker)]
        assert timeouts[0] < 1 < timeouts[1]
        assert publisher.transport_options == worker.transport_options | {"socket_timeout": timeouts[0]}
