"""Celery, set so that a killed worker, a flushed broker or a reconnect neither loses nor doubles anything.

The reason is the same everywhere: a message is a wake-up and carries no truth. The rows do, their leases run out, and
the sweep wakes somebody again.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from pitturu.config.settings import Settings
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments.handlers import AnyJobHandler
from pitturu.worker.broker import broker

HINT_LIVES: Final = timedelta(seconds=60)
"""A wake-up that nobody read for a minute says nothing that a sweep has not said since."""

CLEAN_EVERY: Final = timedelta(hours=1)

LOOK_AT_THE_CLOCK: Final = timedelta(minutes=10)
"""How often beat asks whether a comparison should begin. When it should, the comparisons know."""


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration, each choice with its reason."""
    return _messages() | _connection(settings) | _work(settings) | _beat(settings) | {"timezone": "UTC"}


def routes(handlers: Iterable[AnyJobHandler]) -> dict[str, Any]:
    """Celery's routes: in which queue the wake-ups of each kind of work wait."""
    return {job.name: {"queue": job.queue, "routing_key": job.queue} for job in handlers}


def _messages() -> dict[str, Any]:
    return {
        # Nobody waits for a task's result: what happened is in the database.
        "task_ignore_result": True,
        "result_backend": None,
        # Only data that we can read travels; a pickle from a stranger's Redis would be code.
        "task_serializer": "json",
        "accept_content": ["json"],
        # Kinds of work name their queue (`routes`); what beat starts by the clock is housekeeping.
        "task_default_queue": Queue.HOUSEKEEPING,
        "task_create_missing_queues": False,
        "task_queues": {queue: {"exchange": queue, "routing_key": queue} for queue in Queue},
    }


def _connection(settings: Settings) -> dict[str, Any]:
    usual = {
        # One request's wake-up must not wait: a dead broker costs it a moment, once, and then nothing (announcer).
        "task_publish_retry": False,
        "broker_connection_timeout": 2,
        # A worker that starts before the broker, or outlives it, waits for it for ever.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # Fewer kinds of traffic, fewer ways to get stuck after a reconnect; nothing here uses them.
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
    }
    return usual | broker(settings)


def _work(settings: Settings) -> dict[str, Any]:
    return {
        # Acknowledged on receipt. Late acknowledgement would have Redis or SQS hand a killed worker's message out again
        # after the visibility timeout; the lease and the sweep do that sooner, and with the row's knowledge.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        # A busy worker leaves wake-ups to idle ones.
        "worker_prefetch_multiplier": 1,
        # Pools that can, end a task that a bug made endless; the threads pool relies on the call's own deadline.
        "task_soft_time_limit": settings.task_soft_limit.total_seconds(),
        "task_time_limit": settings.task_hard_limit.total_seconds(),
        # Our own JSON lines, with the request id of the row.
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


def _beat(settings: Settings) -> dict[str, Any]:
    """Two beats at once are harmless: a second sweep finds nothing that the first did not."""
    alive = {"expires": HINT_LIVES.total_seconds()}
    return {
        "beat_schedule": {
            "sweep": {"task": JobName.SWEEP, "schedule": settings.sweep_interval, "options": alive},
            "compare": {"task": JobName.COMPARE_ON_TIME, "schedule": LOOK_AT_THE_CLOCK, "options": alive},
            "audit": {"task": JobName.AUDIT, "schedule": settings.audit_interval, "options": alive},
            "clean": {"task": JobName.CLEAN, "schedule": CLEAN_EVERY, "options": alive},
        },
        # The default of 5 minutes would let beat oversleep after the machine's clock was set; ours is seconds anyway.
        "beat_max_loop_interval": max(settings.sweep_interval.total_seconds(), 1),
    }
