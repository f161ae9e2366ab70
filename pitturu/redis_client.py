"""Connections to Redis, directly or through Sentinels."""

from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from pitturu.config import urls
from pitturu.config.urls import RedisAddress

ASKING: Final = 0.5
"""Seconds for one Sentinel; the next one is asked when it does not answer."""


RETRY_ONCE: Final = Retry(NoBackoff(), 1)
"""One repetition, for a connection that a restart of Redis broke; redis-py's default would retry for seconds."""


def asking_sentinels(address: RedisAddress) -> dict[str, Any]:
    """The arguments of redis-py's `Sentinel` for the Sentinels of `address`."""
    tls: dict[str, Any] = {} if address.tls is None else {"ssl": True, **address.tls}
    # redis-py's default would retry a dead Sentinel for seconds before it tries the next one.
    once = Retry(NoBackoff(), 0)
    return {**address.sentinel_login, **tls, "socket_timeout": ASKING, "socket_connect_timeout": ASKING, "retry": once}


def connect(url: str, **timeouts: Any) -> Redis:
    """A client of the server at `url` (REDIS_URL's form) with redis-py's `timeouts`; nothing is connected yet.

    With Sentinels every new connection asks them who the master is, and a failover drops those that lead elsewhere.
    Raises ValueError for an address that cannot be read.
    """
    address = urls.redis(url)
    tls: dict[str, Any] = {} if address.tls is None else {"ssl": True, **address.tls}
    manner: dict[str, Any] = {"db": address.db, **address.login, **tls, "decode_responses": True, **timeouts}
    if not address.master:
        host, port = address.servers[0]
        return Redis(host=host, port=port, **manner)
    sentinels = Sentinel(address.servers, sentinel_kwargs=asking_sentinels(address), **manner)  # type: ignore[no-untyped-call]
    master: Redis = sentinels.master_for(address.master)  # type: ignore[no-untyped-call]
    return master
