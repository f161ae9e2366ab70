"""Celery's configuration: a killed worker, a flushed broker or a reconnect neither loses nor repeats work.

A message is only a wake-up and carries no data. The work is in the rows, whose leases run out; the sweep sends wake-ups
for them again.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from pitturu.config.settings import Settings
from pitturu.domain.jobs import JobName, Queue
from pitturu.outbound.alerts import EVALUATE_EVERY
from pitturu.payments.handlers import AnyJobHandler
from pitturu.worker.broker import broker

WAKE_UP_EXPIRES: Final = timedelta(seconds=60)
"""A wake-up that was not received for a minute has been replaced by those of later sweeps."""

CLEAN_EVERY: Final = timedelta(hours=1)

UPDATE_ROLLUPS_EVERY: Final = timedelta(seconds=5)
"""How old the figures of the overview and of /metrics may be; a count of nothing new costs a few milliseconds."""

CHECK_SCHEDULE_EVERY: Final = timedelta(minutes=10)
"""How often beat checks whether a scheduled comparison is due; the task computes the schedule itself."""


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration, each setting with its reason."""
    return _messages() | _connection(settings) | _work(settings) | _beat(settings) | {"timezone": "UTC"}


def routes(handlers: Iterable[AnyJobHandler]) -> dict[str, Any]:
    """Celery's routes: the queue of each kind of work."""
    return {job.name: {"queue": job.queue, "routing_key": job.queue} for job in handlers}


def _messages() -> dict[str, Any]:
    return {
        # Nothing reads a task's result: the outcome is in the database.
        "task_ignore_result": True,
        "result_backend": None,
        # JSON only: a pickle in a compromised Redis could execute code.
        "task_serializer": "json",
        "accept_content": ["json"],
        # Kinds of work name their queue (`routes`); the scheduled tasks of beat are housekeeping.
        "task_default_queue": Queue.HOUSEKEEPING,
        "task_create_missing_queues": False,
        "task_queues": {queue: {"exchange": queue, "routing_key": queue} for queue in Queue},
    }


def _connection(settings: Settings) -> dict[str, Any]:
    common = {
        # A request must not wait for a dead broker: the publisher fails once, then pauses (`publisher`).
        "task_publish_retry": False,
        "broker_connection_timeout": 2,
        # A worker waits without limit for a broker that is not up yet or is restarting.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # Not used here, and each can get stuck after a reconnect.
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
    }
    return common | broker(settings)


def _work(settings: Settings) -> dict[str, Any]:
    return {
        # Acknowledged on receipt. With a late acknowledgement, Redis or SQS would redeliver a dead worker's message
        # after the visibility timeout; the lease and the sweep repeat the work sooner, and only if it is still due.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        # A busy worker leaves wake-ups to idle ones.
        "worker_prefetch_multiplier": 1,
        # Limits for pools that can end a task; the threads pool relies on the deadlines of the calls.
        "task_soft_time_limit": settings.task_soft_limit.total_seconds(),
        "task_time_limit": settings.task_hard_limit.total_seconds(),
        # Our own JSON lines, with the request id of the row.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


def _beat(settings: Settings) -> dict[str, Any]:
    """Two beats at once are harmless: a second sweep finds nothing that the first did not."""
    options = {"expires": WAKE_UP_EXPIRES.total_seconds()}
    return {
        "beat_schedule": {
            "sweep": {"task": JobName.SWEEP, "schedule": settings.sweep_interval, "options": options},
            "compare": {"task": JobName.COMPARE_ON_TIME, "schedule": CHECK_SCHEDULE_EVERY, "options": options},
            "audit": {"task": JobName.AUDIT, "schedule": settings.audit_interval, "options": options},
            "alerts": {"task": JobName.EVALUATE_ALERTS, "schedule": EVALUATE_EVERY, "options": options},
            "rollups": {"task": JobName.UPDATE_ROLLUPS, "schedule": UPDATE_ROLLUPS_EVERY, "options": options},
            "clean": {"task": JobName.CLEAN, "schedule": CLEAN_EVERY, "options": options},
        },
        # With the default of 5 minutes beat would be late after the machine's clock was set.
        "beat_max_loop_interval": max(settings.sweep_interval.total_seconds(), 1),
    }
