"""Sends wake-ups and changes to other processes after a commit. If Redis is unavailable, the rows are due all the same.

A committing thread does not wait for Redis: another thread sends what was collected since it sent last, at once in a
quiet process, and many messages together under load. While a wake-up of a kind is in flight, and no worker has
claimed rows since it was sent, none is sent again: the worker that receives it will find the new row as well.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis import Redis
from redis.exceptions import RedisError

from pitturu.cooldown import Cooldown
from pitturu.worker.celery_config import WAKE_UP_EXPIRES

log = logging.getLogger(__name__)

CHANGES: Final = "pitturu:changes"
"""The channel on which the names of changed sessions are published."""

ON_ITS_WAY: Final = "pitturu:on-its-way:"
"""Prefix of the Redis keys that mark a kind of work: a wake-up was sent, and no worker has claimed rows since."""

MARK_EXPIRES: Final = timedelta(seconds=0.5)
"""How long a wake-up that was lost with its worker, or reached one without free call slots, suppresses the next."""

PAUSE: Final = timedelta(seconds=2)
"""After a failure nothing is sent for this long, so that a dead Redis is not tried again and again."""


class RedisPublisher:
    """Sends wake-ups through Celery and changes through PUBLISH. Both pause together while Redis is unavailable."""

    def __init__(self, celery: Celery, redis: Redis, now: Callable[[], float] = time.monotonic) -> None:
        self._celery, self._redis, self._cooldown = celery, redis, Cooldown(PAUSE, now)
        self._lock, self._send_lock, self._collected = threading.Lock(), threading.Lock(), threading.Event()
        self._wakes: dict[str, None] = {}
        self._changes: dict[str, None] = {}
        self._sender: tuple[int, threading.Thread] | None = None

    def wake(self, job: str) -> None:
        """A row of this kind is due."""
        with self._lock:
            self._wakes[job] = None
        self._send_soon()

    def wake_workers(self, job: str, count: int) -> None:
        """Rows have been due for a while: send `count` wake-ups now, whatever was sent before."""
        self._guarded(lambda: self._send_tasks([job] * count))

    def changed(self, session_id: str) -> None:
        """This session changed: its long polls can return."""
        with self._lock:
            self._changes[session_id] = None
        self._send_soon()

    def claiming(self, job: str) -> None:
        """A worker is about to claim rows of this kind: rows that are committed later need another wake-up."""
        self._guarded(lambda: self._redis.delete(ON_ITS_WAY + job))

    def flush(self) -> None:
        """Send what was collected, in the calling thread."""
        with self._send_lock:
            with self._lock:
                wakes, changes = list(self._wakes), list(self._changes)
                self._wakes.clear()
                self._changes.clear()
            if wakes or changes:
                self._guarded(lambda: self._send(wakes, changes))

    def _send(self, wakes: list[str], changes: list[str]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for job in wakes:
            pipeline.set(ON_ITS_WAY + job, 1, nx=True, px=MARK_EXPIRES)
        for session_id in changes:
            pipeline.publish(CHANGES, session_id)
        fresh = pipeline.execute()[: len(wakes)]
        self._send_tasks([job for job, marked in zip(wakes, fresh, strict=True) if marked])

    def _send_tasks(self, jobs: list[str]) -> None:
        for job in jobs:
            self._celery.send_task(job, expires=WAKE_UP_EXPIRES.total_seconds())

    def _guarded(self, send: Callable[[], object]) -> None:
        if self._cooldown.active:
            return
        try:
            send()
        except (KombuError, OperationalError, RedisError, OSError) as error:
            self._cooldown.start()
            log.warning("redis_away", extra={"error": str(error)[:200], "next": "the sweep finds what is due"})

    def _send_soon(self) -> None:
        self._collected.set()
        if self._sender is None or self._sender[0] != os.getpid() or not self._sender[1].is_alive():
            self._start()

    def _start(self) -> None:
        """Start the thread in this process: a fork does not copy the parent's."""
        with self._lock:
            if self._sender is not None and self._sender[0] == os.getpid() and self._sender[1].is_alive():
                return
            if self._sender is None or self._sender[0] != os.getpid():
                atexit.register(self.flush)
            thread = threading.Thread(target=self._run, name="publisher", daemon=True)
            thread.start()
            self._sender = os.getpid(), thread

    def _run(self) -> None:
        while True:
            self._collected.wait()
            self._collected.clear()
            try:
                self.flush()
            except Exception:
                # Brokers raise errors of other classes, and this thread must go on sending.
                log.exception("announcing_broke", extra={"next": "the sweep finds what is due"})
