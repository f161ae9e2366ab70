"""Every setting of Celery that a lost or doubled wake-up, or a frozen worker, could come from."""

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery

from pitturu.domain.jobs import JobName, Queue
from pitturu.worker.celery_config import HINT_LIVES, celery_settings
from tests.values import settings_for
from tests.worker.celery_worker import QUEUE_OF

SETTINGS = settings_for(redis_url="redis://r:1/0", visibility_timeout=timedelta(minutes=50))

REASONS: list[tuple[str, Any, str]] = [
    ("broker_url", "redis://r:1/0", "the queue is where the setting says"),
    ("result_backend", None, "results would be a second truth beside the rows"),
    ("task_ignore_result", True, "nobody waits for a result"),
    ("task_serializer", "json", "a message must be data, never code"),
    ("accept_content", ["json"], "a pickle from a stranger's Redis would be executed"),
    ("task_acks_late", False, "Redis would hand a dead worker's message out again, hours after the lease did"),
    ("task_reject_on_worker_lost", False, "a message that kills its worker would kill the next one too"),
    ("worker_prefetch_multiplier", 1, "a busy worker must not sit on wake-ups that an idle one could take"),
    ("task_soft_time_limit", 45.0, "above the longest call, below the hard limit"),
    ("task_time_limit", 60.0, "below the lease, so that no task outlives its claim"),
    ("task_publish_retry", False, "a request must not wait for a dead Redis"),
    ("broker_connection_timeout", 2, "nor for a Redis that does not answer"),
    ("broker_connection_retry_on_startup", True, "a worker may be started before Redis"),
    ("broker_connection_max_retries", None, "and may outlive it for any time"),
    ("task_default_queue", Queue.HOUSEKEEPING, "what is not routed must not delay buyers"),
    ("task_create_missing_queues", False, "a misspelled queue is an error, not a place where wake-ups rot"),
    ("worker_enable_remote_control", False, "its reply queues survive a reconnect in a bad state"),
    ("worker_send_task_events", False, "nobody listens"),
    ("worker_hijack_root_logger", False, "our JSON lines stay ours"),
    ("worker_redirect_stdouts", False, "so do prints of libraries"),
    ("timezone", "UTC", "times are UTC everywhere"),
    ("beat_max_loop_interval", 3.0, "beat looks at the clock at least once a sweep"),
]
TRANSPORT: list[tuple[str, Any, str]] = [
    ("visibility_timeout", 3000.0, "longer than the lease, shorter than PortOne's idempotency window"),
    ("queue_order_strategy", "priority", "buyers before webhooks before refunds before housekeeping"),
    ("max_retries", 0, "a publisher gives up at once; the row is due anyway"),
    ("socket_connect_timeout", 0.5, "what a dead Redis may cost a request"),
    ("socket_timeout", 5, "above the worker's poll of one second, below anybody's patience"),
    ("socket_keepalive", True, "a silent network must not hold a worker for ever"),
    ("health_check_interval", 25, "so that a half-open connection is noticed before it is needed"),
    ("global_keyprefix", "pitturu:", "several systems may share one Redis"),
]


@pytest.mark.parametrize(("name", "value", "reason"), REASONS, ids=[case[0] for case in REASONS])
def test_setting(name: str, value: Any, reason: str) -> None:
    assert celery_settings(SETTINGS)[name] == value, reason


@pytest.mark.parametrize(("name", "value", "reason"), TRANSPORT, ids=[case[0] for case in TRANSPORT])
def test_transport(name: str, value: Any, reason: str) -> None:
    assert celery_settings(SETTINGS)["broker_transport_options"][name] == value, reason


def test_nothing_is_set_without_a_reason() -> None:
    explained = {name for name, _, _ in REASONS}
    told_elsewhere = {"task_queues", "beat_schedule", "broker_transport_options"}
    chosen = celery_settings(SETTINGS)
    assert set(chosen) == explained | told_elsewhere
    assert set(chosen["broker_transport_options"]) == {name for name, _, _ in TRANSPORT}


def test_the_most_urgent_queue_is_emptied_first() -> None:
    assert list(celery_settings(SETTINGS)["task_queues"]) == ["buyers", "webhooks", "refunds", "housekeeping"]


@pytest.mark.parametrize("job", JobName)
def test_every_job_has_its_queue(celery: Celery, job: JobName) -> None:
    queue = celery.amqp.router.route({}, job)["queue"]
    assert (queue.name, queue.routing_key) == (QUEUE_OF[job], QUEUE_OF[job])


def test_no_queue_is_idle() -> None:
    assert set(QUEUE_OF.values()) == set(Queue)


def test_beat_sweeps_often_and_its_messages_do_not_pile_up() -> None:
    schedule = celery_settings(SETTINGS)["beat_schedule"]
    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == {
        JobName.SWEEP: timedelta(seconds=3),
        JobName.CLEAN: timedelta(hours=1),
        JobName.AUDIT: timedelta(minutes=10),
        JobName.COMPARE_ON_TIME: timedelta(minutes=10),
    }
    assert {entry["options"]["expires"] for entry in schedule.values()} == {HINT_LIVES.total_seconds()}


def test_a_slow_sweep_does_not_spin() -> None:
    assert celery_settings(settings_for(sweep_interval=timedelta(seconds=0.1)))["beat_max_loop_interval"] == 1


def test_publishers_have_less_patience_with_redis_than_workers_who_poll_it_for_a_second(celery: Celery) -> None:
    with celery.connection_for_read() as worker, celery.connection_for_write() as publisher:
        patience = [each.transport_options["socket_timeout"] for each in (publisher, worker)]
        assert patience[0] < 1 < patience[1]
        assert publisher.transport_options == worker.transport_options | {"socket_timeout": patience[0]}
