"""How Celery reaches the broker: Redis, Redis behind Sentinels, RabbitMQ or SQS, each with the options that fit it."""

import ssl
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from pitturu.config import urls
from pitturu.config.settings import Settings
from pitturu.config.urls import AmqpAddress, RedisAddress, SqsAddress
from pitturu.domain.jobs import Queue
from pitturu.redis_client import asking_sentinels

HANGS: Final = 0.5
"""Seconds. A request would rather go without its wake-up than wait for a broker that hangs."""

_ALWAYS: Final = MappingProxyType(
    {
        # A publisher gives up at once; without this it would try for as long as broker_connection_timeout says.
        "max_retries": 0,
    }
)

_STRICTNESS: Final = MappingProxyType({"required": ssl.CERT_REQUIRED, "none": ssl.CERT_NONE})


def broker(settings: Settings) -> dict[str, Any]:
    """`broker_url`, `broker_transport_options` and, with TLS, `broker_use_ssl`."""
    address = urls.broker(settings.broker_address)
    if isinstance(address, RedisAddress):
        return _redis(address, settings)
    if isinstance(address, AmqpAddress):
        return _amqp(address)
    return _sqs(address, settings)


def publisher(settings: Settings) -> dict[str, Any]:
    """What publishers do otherwise than workers, who have to wait longer than the second for which they poll."""
    address = urls.broker(settings.broker_address)
    if isinstance(address, RedisAddress):
        return {"socket_timeout": HANGS}
    if isinstance(address, AmqpAddress):
        return {"connect_timeout": HANGS, "read_timeout": HANGS, "write_timeout": HANGS}
    return {}


def _redis(address: RedisAddress, settings: Settings) -> dict[str, Any]:
    scheme = "sentinel" if address.master else "redis" if address.tls is None else "rediss"
    login = ":".join(quote(address.login.get(name, ""), safe="") for name in ("username", "password"))
    at = f"{login}@" if address.login else ""
    urls = [f"{scheme}://{at}{_bracketed(host)}:{port}/{address.db}" for host, port in address.servers]
    options = _one_by_one(settings) | {
        "socket_connect_timeout": HANGS,
        # Longer than the one-second poll of the worker, short enough to notice a Redis that hangs.
        "socket_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        # Several systems can share one Redis.
        "global_keyprefix": "pitturu:",
    }
    if address.master:
        options |= {"master_name": address.master, "sentinel_kwargs": asking_sentinels(address)}
    said: dict[str, Any] = {"broker_url": ";".join(urls), "broker_transport_options": options}
    if address.tls is not None:
        # Left alone, Celery believes any certificate of a rediss:// address.
        strictness = _STRICTNESS[address.tls["ssl_cert_reqs"]]
        said["broker_use_ssl"] = {**address.tls, "ssl_cert_reqs": strictness}
    return said


def _amqp(address: AmqpAddress) -> dict[str, Any]:
    """RabbitMQ hands an unacknowledged wake-up out again when its worker's connection ends, so no timeout is needed."""
    said: dict[str, Any] = {
        "broker_url": address.url,
        "broker_transport_options": dict(_ALWAYS),
        # Written to no disk: a wake-up that a restart of RabbitMQ forgets is said again by the next sweep.
        "task_default_delivery_mode": "transient",
        # A publisher that does not try again keeps its dead connection for ever, and beat has only one.
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
    }
    if address.tls is not None:
        names = {"ssl_ca_certs": "ca_certs", "ssl_certfile": "certfile", "ssl_keyfile": "keyfile"}
        files = {theirs: address.tls[ours] for ours, theirs in names.items() if ours in address.tls}
        strictness = _STRICTNESS[address.tls["ssl_cert_reqs"]]
        # Celery fills in the host of the address; the certificate is then compared with it.
        name = {"server_hostname": None} if strictness is ssl.CERT_REQUIRED else {}
        said["broker_use_ssl"] = {"cert_reqs": strictness, **name, **files}
    return said


def _sqs(address: SqsAddress, settings: Settings) -> dict[str, Any]:
    """Queues that exist already, so that our key may send and receive there and do nothing else."""
    options = _one_by_one(settings) | {
        "region": address.region,
        "predefined_queues": {queue.value: {"url": address.queues + queue} for queue in Queue},
        # SQS answers as soon as there is a wake-up; asking again at once costs no latency and few requests.
        "wait_time_seconds": 10,
        "polling_interval": 0,
    }
    return {"broker_url": address.url, "broker_transport_options": options}


def _one_by_one(settings: Settings) -> dict[str, Any]:
    """For brokers that are asked queue by queue and know nothing of a consumer's death."""
    return {
        **_ALWAYS,
        "visibility_timeout": settings.visibility_timeout.total_seconds(),
        # Buyers first: a worker empties the queues in the order in which it was told them.
        "queue_order_strategy": "priority",
    }


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
