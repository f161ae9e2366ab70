"""Long polls: a request may wait, without a database connection, until somebody announces that its session changed.

One thread of each process listens on the channel of changes and wakes whoever waits for that session. An announcement
is a hint that may get lost, so those who wait look for themselves every now and then.
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

from pitturu.redis_client import connect
from pitturu.worker.publisher import CHANGES

log = logging.getLogger(__name__)

NET: Final = timedelta(seconds=2)
"""How often one who waits looks in any case: all that a lost announcement can cost."""

TICK: Final = timedelta(seconds=0.5)
"""How soon the listener notices that the process is to stop."""

REST: Final = timedelta(seconds=1)
"""Between two tries to reach Redis."""


class LongPolls:
    """`seats` requests may wait at once: the other threads of the process stay free for those who do not."""

    def __init__(self, redis_url: str, seats: int, stopping: threading.Event) -> None:
        self._redis_url, self._stopping = redis_url, stopping
        self._free = threading.BoundedSemaphore(max(seats, 1))
        self._lock = threading.Lock()
        self._waiting: dict[str, set[threading.Event]] = {}
        self._listener: tuple[int, threading.Thread] | None = None

    @contextmanager
    def seat(self, session_id: str) -> Iterator[Callable[[float], bool]]:
        """A function that waits up to so many seconds for news of the session, at most NET at a time.

        It returns whether to look again; False when there is no seat, no time, or the process is to stop. News that
        come after this is entered are not missed.
        """
        seated = not self._stopping.is_set() and self._free.acquire(blocking=False)
        news = threading.Event()

        def wait(seconds: float) -> bool:
            if not seated or seconds <= 0 or self._stopping.is_set():
                return False
            news.wait(min(seconds, NET.total_seconds()))
            news.clear()
            return not self._stopping.is_set()

        if seated:
            self._enter(session_id, news)
        try:
            yield wait
        finally:
            if seated:
                self._leave(session_id, news)

    def _enter(self, session_id: str, news: threading.Event) -> None:
        with self._lock:
            self._waiting.setdefault(session_id, set()).add(news)
            if self._listener is None or self._listener[0] != os.getpid() or not self._listener[1].is_alive():
                thread = threading.Thread(target=self._listen, name="changes", daemon=True)
                self._listener = os.getpid(), thread
                thread.start()

    def _leave(self, session_id: str, news: threading.Event) -> None:
        with self._lock:
            others = self._waiting[session_id]
            others.discard(news)
            if not others:
                del self._waiting[session_id]
        self._free.release()

    def wake(self, session_id: str) -> None:
        """Whoever waits for this session looks now."""
        with self._lock:
            for news in self._waiting.get(session_id, ()):
                news.set()

    def _wake_all(self) -> None:
        with self._lock:
            for session_id in self._waiting:
                for news in self._waiting[session_id]:
                    news.set()

    def _listen(self) -> None:
        """Until the process stops. Redis being away is said once, not once a second."""
        redis = connect(self._redis_url, socket_connect_timeout=1, health_check_interval=20)
        away = False
        while not self._stopping.is_set():
            try:
                with PubSub(redis.connection_pool, ignore_subscribe_messages=True) as channel:
                    channel.subscribe(CHANGES)
                    away = False
                    self._pass_on(channel)
            except (RedisError, OSError) as error:
                if not away:
                    log.warning("changes_not_heard", extra={"error": str(error)[:200], "next": "long polls look often"})
                away = True
                self._stopping.wait(REST.total_seconds())
        self._wake_all()

    def _pass_on(self, channel: PubSub) -> None:
        self._wake_all()
        while not self._stopping.is_set():
            message = channel.get_message(timeout=TICK.total_seconds())
            if message is not None:
                self.wake(message["data"])
