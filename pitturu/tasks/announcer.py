"""Hints to other processes after a commit. A Redis that is away costs a moment, never an error: the rows are due."""

import logging
import time
from datetime import timedelta
from typing import Final

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis import Redis
from redis.exceptions import RedisError

from pitturu.domain.jobs import JobName
from pitturu.tasks.celery_settings import HINT_LIVES

log = logging.getLogger(__name__)

CHANGES: Final = "pitturu:changes"
"""The channel on which the names of changed sessions are published."""

REST: Final = timedelta(seconds=2)
"""After a failure nothing is sent for this long, so that a dead Redis slows down one request and not all of them."""


class RedisAnnouncer:
    """Wake-ups through Celery, changes through publish. Both fall silent together while Redis is away."""

    def __init__(self, celery: Celery, redis: Redis) -> None:
        self._celery, self._redis = celery, redis
        self._silent_until = 0.0

    def wake(self, job: JobName) -> None:
        """A row of this kind is due."""
        if self._silent():
            return
        try:
            self._celery.send_task(job, expires=HINT_LIVES.total_seconds())
        except (KombuError, OperationalError, RedisError, OSError) as error:
            self._rest(error)

    def changed(self, session_id: str) -> None:
        """Whoever polls this session can stop waiting."""
        if self._silent():
            return
        try:
            self._redis.publish(CHANGES, session_id)
        except (RedisError, OSError) as error:
            self._rest(error)

    def _silent(self) -> bool:
        return time.monotonic() < self._silent_until

    def _rest(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + REST.total_seconds()
        log.warning("redis_away", extra={"error": str(error)[:200], "next": "the sweep finds what is due"})
