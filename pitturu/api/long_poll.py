"""Long polls: a request waits, without a database connection, until a change of its session is published.

One thread of each process subscribes to the channel of changes and wakes the requests that wait for that session. A
published message may get lost, so every waiting request also reads the session at an interval.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from redis.client import PubSub
from redis.exceptions import RedisError

from pitturu import instruments
from pitturu.redis_client import connect
from pitturu.worker.publisher import CHANGES

log = logging.getLogger(__name__)

NET: Final = timedelta(seconds=2)
"""The interval at which a waiting request reads its session anyway: the longest delay that a lost message can cause."""

TICK: Final = timedelta(seconds=0.5)
"""The longest delay until the listener notices that the process stops."""

REST: Final = timedelta(seconds=1)
"""Pause between two attempts to reach Redis."""


WAITED: Final = "pitturu.waited"
"""Key in the WSGI environment of a request that may wait: how long it took says nothing about the speed."""


class LongPolls:
    """At most `slots` requests wait at once, so that the other threads of the process stay free for other requests."""

    def __init__(self, redis_url: str, slots: int, stopping: threading.Event) -> None:
        self._redis_url, self._stopping = redis_url, stopping
        self._free = threading.BoundedSemaphore(max(slots, 1))
        self._lock = threading.Lock()
        self._waiting: dict[str, set[threading.Event]] = {}
        self._listener: tuple[int, threading.Thread] | None = None

    @contextmanager
    def slot(self, session_id: str) -> Iterator[Callable[[float], bool]]:
        """A function that waits up to so many seconds for a change of the session, at most NET at a time.

        It returns whether to read the session again; False when there is no free slot, no time is left, or the process
        stops. Changes published after this context is entered are not missed.
        """
        waiting = not self._stopping.is_set() and self._free.acquire(blocking=False)
        changed = threading.Event()

        def wait(seconds: float) -> bool:
            if not waiting or seconds <= 0 or self._stopping.is_set():
                return False
            changed.wait(min(seconds, NET.total_seconds()))
            changed.clear()
            return not self._stopping.is_set()

        if waiting:
            self._subscribe(session_id, changed)
            instruments.long_polls.inc()
        try:
            yield wait
        finally:
            if waiting:
                instruments.long_polls.dec()
                self._unsubscribe(session_id, changed)

    def _subscribe(self, session_id: str, changed: threading.Event) -> None:
        with self._lock:
            self._waiting.setdefault(session_id, set()).add(changed)
            if self._listener is None or self._listener[0] != os.getpid() or not self._listener[1].is_alive():
                thread = threading.Thread(target=self._listen, name="changes", daemon=True)
                self._listener = os.getpid(), thread
                thread.start()

    def _unsubscribe(self, session_id: str, changed: threading.Event) -> None:
        with self._lock:
            others = self._waiting[session_id]
            others.discard(changed)
            if not others:
                del self._waiting[session_id]
        self._free.release()

    def wake(self, session_id: str) -> None:
        """Wake the requests that wait for this session."""
        with self._lock:
            for changed in self._waiting.get(session_id, ()):
                changed.set()

    def _wake_all(self) -> None:
        with self._lock:
            for session_id in self._waiting:
                for changed in self._waiting[session_id]:
                    changed.set()

    def _listen(self) -> None:
        """Subscribe until the process stops. An outage of Redis is logged once, not at every attempt."""
        redis = connect(self._redis_url, socket_connect_timeout=1, health_check_interval=20)
        away = False
        while not self._stopping.is_set():
            try:
                with PubSub(redis.connection_pool, ignore_subscribe_messages=True) as channel:
                    channel.subscribe(CHANGES)
                    away = False
                    self._dispatch(channel)
            except (RedisError, OSError) as error:
                if not away:
                    log.warning("changes_not_heard", extra={"error": str(error)[:200], "next": "long polls look often"})
                away = True
                self._stopping.wait(REST.total_seconds())
        self._wake_all()

    def _dispatch(self, channel: PubSub) -> None:
        self._wake_all()
        while not self._stopping.is_set():
            message = channel.get_message(timeout=TICK.total_seconds())
            if message is not None:
                self.wake(message["data"])
