"""Counting in Redis for all processes together, some requests at a time; in memory while Redis is away.

A trip to Redis for every request would cost a busy shop a fifth of its machine. So a process that has used up what it
took for a caller takes twice as much, up to a hundredth of the rate, and keeps it until it is used. A caller may thus
be let through a hundredth a process too often, or be turned away as much too early. Rates below two hundred are counted
one by one.
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

from pitturu.cooldown import Cooldown
from pitturu.redis_client import connect

log = logging.getLogger(__name__)

QUICKLY: Final = 0.3
"""Seconds. Redis answers in a fraction of that, and a request does not wait for one that has gone."""

SHARE: Final = 100
"""One part in so many of a rate is the most that is taken at a time."""

REST: Final = timedelta(seconds=10)
"""After a failure Redis is left alone for this long, and every process counts for itself."""

MOST_CALLERS: Final = 20_000
"""Callers whose rest of an allowance is kept; when there are more, everybody starts anew. A plain dictionary is a tenth
faster here than the LRUCache of cachetools, and every request passes here."""


class Allowance:
    """Who may still make a request. Shared by all threads of a process; no method raises for a Redis that is away."""

    def __init__(self, redis_url: str) -> None:
        patience: dict[str, Any] = {"socket_connect_timeout": QUICKLY, "socket_timeout": QUICKLY}
        client = connect(redis_url, **patience, retry=Retry(NoBackoff(), 1))
        storage = RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix="pitturu")
        self._together, self._alone = FixedWindowRateLimiter(storage), FixedWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], tuple[int, float, int]] = {}
        self._cooldown = Cooldown(REST)

    def spend(self, rate: RateLimitItem, who: str) -> bool:
        """Whether `who` may do one more thing of this rate; if so it is counted."""
        key = str(rate), who
        with self._lock:
            left, until, share = self._left.get(key, (0, 0.0, 0))
            if left > 0 and time.monotonic() < until:
                self._left[key] = left - 1, until, share
                return True
        share = max(min(2 * share, rate.amount // SHARE), 1) if time.monotonic() < until else 1
        allowed = self._take(rate, who, share)
        if allowed:
            self._keep(key, share, rate.get_expiry())
        return allowed

    def _keep(self, key: tuple[str, str], share: int, seconds: float) -> None:
        """All but the one that is used now; another thread may have taken some at the same moment."""
        with self._lock:
            if len(self._left) >= MOST_CALLERS:
                self._left.clear()
            left, until, _ = self._left.get(key, (0, 0.0, 0))
            rest = left if time.monotonic() < until else 0
            self._left[key] = rest + share - 1, time.monotonic() + seconds, share

    def _take(self, rate: RateLimitItem, who: str, some: int) -> bool:
        if not self._cooldown.active:
            try:
                allowed = self._together.hit(rate, who, cost=some)
                self._cooldown.clear()
                return allowed
            except (RedisError, OSError) as error:
                if self._cooldown.start():
                    log.warning("rates_counted_alone", extra={"error": str(error)[:200], "next": "start Redis"})
        return self._alone.hit(rate, who, cost=some)
