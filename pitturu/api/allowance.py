"""Counting in Redis for all processes together, some requests at a time; in memory while Redis is away.

A trip to Redis for every request would cost a busy shop a fifth of its machine. So a process takes a hundredth of a
rate at once and lives on it for a moment: what it does not use up is lost to that caller, who may therefore be turned
away up to a few hundredths early. Rates below a hundred are counted one by one.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Any, Final

from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from pitturu.redis_client import connect

log = logging.getLogger(__name__)

QUICKLY: Final = 0.3
"""Seconds. Redis answers in a fraction of that, and a request does not wait for one that has gone."""

SHARE: Final = 100
"""One SHARE of a rate is taken at a time."""

KEPT_FOR: Final = timedelta(seconds=5)
"""How long what was taken may be used: a window that began in Redis meanwhile is counted from its beginning."""

REST: Final = timedelta(seconds=10)
"""After a failure Redis is left alone for this long, and every process counts for itself."""

MOST_CALLERS: Final = 20_000
"""Callers whose rest of an allowance is kept; when there are more, everybody starts anew."""


class Allowance:
    """Who may still knock. Shared by all threads of a process; no method raises for a Redis that is away."""

    def __init__(self, redis_url: str) -> None:
        patience: dict[str, Any] = {"socket_connect_timeout": QUICKLY, "socket_timeout": QUICKLY}
        client = connect(redis_url, **patience, retry=Retry(NoBackoff(), 1))
        storage = RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix="pitturu")
        self._together, self._alone = FixedWindowRateLimiter(storage), FixedWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], tuple[int, float]] = {}
        self._alone_until = 0.0

    def spend(self, rate: RateLimitItem, who: str) -> bool:
        """Whether `who` may do one more thing of this rate; if so it is counted."""
        key = str(rate), who
        with self._lock:
            left, until = self._left.get(key, (0, 0.0))
            if left > 0 and time.monotonic() < until:
                self._left[key] = left - 1, until
                return True
        some = max(rate.amount // SHARE, 1)
        allowed = self._take(rate, who, some)
        if allowed and some > 1:
            self._keep(key, some - 1)
        return allowed

    def _keep(self, key: tuple[str, str], left: int) -> None:
        with self._lock:
            if len(self._left) >= MOST_CALLERS:
                self._left.clear()
            self._left[key] = left, time.monotonic() + KEPT_FOR.total_seconds()

    def _take(self, rate: RateLimitItem, who: str, some: int) -> bool:
        if time.monotonic() >= self._alone_until:
            try:
                return self._together.hit(rate, who, cost=some)
            except (RedisError, OSError) as error:
                if self._alone_until == 0.0:
                    log.warning("rates_counted_alone", extra={"error": str(error)[:200], "next": "start Redis"})
                self._alone_until = time.monotonic() + REST.total_seconds()
        return self._alone.hit(rate, who, cost=some)
