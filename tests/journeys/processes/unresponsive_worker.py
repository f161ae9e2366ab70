"""A Celery worker as `celery_worker` makes it, which takes no more messages from the moment it is sent SIGUSR2.

That is what Celery can become after its broker was away: its process lives, its connections are open, its queues fill.
"""

import signal
from typing import Any

from celery import signals

from celery_worker import celery

__all__ = ["celery"]


def _can_be_deafened(sender: Any, **_: Any) -> None:
    signal.signal(signal.SIGUSR2, lambda *_: sender.task_consumer.cancel())


signals.worker_ready.connect(_can_be_deafened, weak=False)
