"""Hints to other processes after a commit. A Redis that is away costs a moment, never an error: the rows are due.

Nobody who commits waits for Redis. A thread of its own sends what has gathered since it sent last: at once in a quiet
process, and under load many hints in one trip. A wake-up of a kind that is on its way already, and that no worker has
acted upon yet, is not sent again: whoever acts upon it looks after this commit and so finds its row.
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
from pitturu.worker.celery_config import HINT_LIVES

log = logging.getLogger(__name__)

CHANGES: Final = "pitturu:changes"
"""The channel on which the names of changed sessions are published."""

ON_ITS_WAY: Final = "pitturu:on-its-way:"
"""Prefix of the marks in Redis that say: a wake-up of this kind was sent, and nobody has acted upon it."""

MARK_LIVES: Final = timedelta(seconds=0.5)
"""A wake-up that died with its worker, or reached one without free call slots, holds back the next one no longer."""

REST: Final = timedelta(seconds=2)
"""After a failure nothing is sent for this long, so that a dead Redis is not asked over and over."""


class RedisPublisher:
    """Wake-ups through Celery, changes through publish. Both fall silent together while Redis is away."""

    def __init__(self, celery: Celery, redis: Redis, now: Callable[[], float] = time.monotonic) -> None:
        self._celery, self._redis, self._cooldown = celery, redis, Cooldown(REST, now)
        self._gathered, self._sending, self._something = threading.Lock(), threading.Lock(), threading.Event()
        self._wakes: dict[str, None] = {}
        self._changes: dict[str, None] = {}
        self._sender: tuple[int, threading.Thread] | None = None

    def wake(self, job: str) -> None:
        """A row of this kind is due."""
        with self._gathered:
            self._wakes[job] = None
        self._send_soon()

    def insist(self, job: str, times: int) -> None:
        """Rows have been due for a while, whatever was sent about them: wake so many workers, here and now."""
        self._guarded(lambda: self._send_tasks([job] * times))

    def changed(self, session_id: str) -> None:
        """Whoever polls this session can stop waiting."""
        with self._gathered:
            self._changes[session_id] = None
        self._send_soon()

    def acting(self, job: str) -> None:
        """A worker is about to look for due rows of this kind: what is committed from now on needs a new wake-up."""
        self._guarded(lambda: self._redis.delete(ON_ITS_WAY + job))

    def flush(self) -> None:
        """Send what has gathered, now and from this thread."""
        with self._sending:
            with self._gathered:
                wakes, changes = list(self._wakes), list(self._changes)
                self._wakes.clear()
                self._changes.clear()
            if wakes or changes:
                self._guarded(lambda: self._send(wakes, changes))

    def _send(self, wakes: list[str], changes: list[str]) -> None:
        trip = self._redis.pipeline(transaction=False)
        for job in wakes:
            trip.set(ON_ITS_WAY + job, 1, nx=True, px=MARK_LIVES)
        for session_id in changes:
            trip.publish(CHANGES, session_id)
        fresh = trip.execute()[: len(wakes)]
        self._send_tasks([job for job, marked in zip(wakes, fresh, strict=True) if marked])

    def _send_tasks(self, jobs: list[str]) -> None:
        for job in jobs:
            self._celery.send_task(job, expires=HINT_LIVES.total_seconds())

    def _guarded(self, send: Callable[[], object]) -> None:
        if self._cooldown.active:
            return
        try:
            send()
        except (KombuError, OperationalError, RedisError, OSError) as error:
            self._cooldown.start()
            log.warning("redis_away", extra={"error": str(error)[:200], "next": "the sweep finds what is due"})

    def _send_soon(self) -> None:
        self._something.set()
        if self._sender is None or self._sender[0] != os.getpid() or not self._sender[1].is_alive():
            self._start()

    def _start(self) -> None:
        """The thread, in this process: one that was made before a fork is not here."""
        with self._gathered:
            if self._sender is not None and self._sender[0] == os.getpid() and self._sender[1].is_alive():
                return
            if self._sender is None or self._sender[0] != os.getpid():
                atexit.register(self.flush)
            thread = threading.Thread(target=self._run, name="announcer", daemon=True)
            thread.start()
            self._sender = os.getpid(), thread

    def _run(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            try:
                self.flush()
            except Exception:
                # Brokers have errors of their own kind, and this thread is all that tells others.
                log.exception("announcing_broke", extra={"next": "the sweep finds what is due"})
