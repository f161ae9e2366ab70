"""Rate limits counted in Redis for all processes together, several requests at a time; in memory while Redis is away.

A round trip to Redis for every request would cost a busy shop a fifth of its capacity. So a process reserves a batch of
a caller's rate at once: twice as many requests each time a batch is used up, up to a hundredth of the rate. A caller
may thus exceed the rate by a hundredth, or be refused that much too early. Rates below two hundred are counted one by
one.
"""

import logging
import threading
import time
from datetime import timedelta
from typing import Final

from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from pitturu.cooldown import Cooldown
from pitturu.redis_client import RETRY_ONCE, connect

log = logging.getLogger(__name__)

QUICKLY: Final = 0.3
"""Seconds. Redis answers in a fraction of that, and a request must not wait for one that is down."""

BATCHES: Final = 100
"""The largest batch is a rate divided by this."""

REST: Final = timedelta(seconds=10)
"""Redis is not asked for this long after a failure; meanwhile every process counts in memory."""

MAX_CALLERS: Final = 20_000
"""Callers whose batches are kept; when there are more, all are dropped. A plain dictionary is a tenth faster here
than the LRUCache of cachetools, and every request passes here."""


class RateCounter:
    """Counts requests per caller. Shared by all threads of a process; no method raises while Redis is away."""

    def __init__(self, redis_url: str) -> None:
        client = connect(redis_url, socket_connect_timeout=QUICKLY, socket_timeout=QUICKLY, retry=RETRY_ONCE)
        storage = RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix="pitturu")
        self._shared, self._local = FixedWindowRateLimiter(storage), FixedWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], tuple[int, float, int]] = {}
        self._cooldown = Cooldown(REST)

    def hit(self, rate: RateLimitItem, who: str) -> bool:
        """Whether `who` may make one more request of this rate; if so it is counted."""
        key = str(rate), who
        with self._lock:
            left, until, batch = self._left.get(key, (0, 0.0, 0))
            if left > 0 and time.monotonic() < until:
                self._left[key] = left - 1, until, batch
                return True
        batch = max(min(2 * batch, rate.amount // BATCHES), 1) if time.monotonic() < until else 1
        allowed = self._take(rate, who, batch)
        if allowed:
            self._keep(key, batch, rate.get_expiry())
        return allowed

    def _keep(self, key: tuple[str, str], batch: int, seconds: float) -> None:
        """Store the rest of a batch, without the request that uses it now; another thread may have stored one too."""
        with self._lock:
            if len(self._left) >= MAX_CALLERS:
                self._left.clear()
            left, until, _ = self._left.get(key, (0, 0.0, 0))
            rest = left if time.monotonic() < until else 0
            self._left[key] = rest + batch - 1, time.monotonic() + seconds, batch

    def _take(self, rate: RateLimitItem, who: str, some: int) -> bool:
        if not self._cooldown.active:
            try:
                allowed = self._shared.hit(rate, who, cost=some)
                self._cooldown.clear()
                return allowed
            except (RedisError, OSError) as error:
                if self._cooldown.start():
                    log.warning("rates_counted_alone", extra={"error": str(error)[:200], "next": "start Redis"})
        return self._local.hit(rate, who, cost=some)
