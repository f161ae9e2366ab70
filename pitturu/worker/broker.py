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

TIMEOUT: Final = 0.5
"""Seconds. A request must not wait for a broker that does not answer: the sweep sends its wake-up again."""

_NO_RETRIES: Final = MappingProxyType({"max_retries": 0})
"""A publisher does not try again; by default it would, for as long as broker_connection_timeout."""

_CERT_REQS: Final = MappingProxyType({"required": ssl.CERT_REQUIRED, "none": ssl.CERT_NONE})


def broker(settings: Settings) -> dict[str, Any]:
    """`broker_url`, `broker_transport_options` and, with TLS, `broker_use_ssl`."""
    address = urls.broker(settings.broker_address)
    if isinstance(address, RedisAddress):
        return _redis(address, settings)
    if isinstance(address, AmqpAddress):
        return _amqp(address)
    return _sqs(address, settings)


def publisher(settings: Settings) -> dict[str, Any]:
    """Transport options of publishers. Workers need longer timeouts, because each of their polls takes a second."""
    address = urls.broker(settings.broker_address)
    if isinstance(address, RedisAddress):
        return {"socket_timeout": TIMEOUT}
    if isinstance(address, AmqpAddress):
        return {"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
    return {}


def _redis(address: RedisAddress, settings: Settings) -> dict[str, Any]:
    scheme = "sentinel" if address.master else "redis" if address.tls is None else "rediss"
    login = ":".join(quote(address.login.get(name, ""), safe="") for name in ("username", "password"))
    at = f"{login}@" if address.login else ""
    urls = [f"{scheme}://{at}{_url_host(host)}:{port}/{address.db}" for host, port in address.servers]
    options = _polled(settings) | {
        "socket_connect_timeout": TIMEOUT,
        # Longer than the one-second poll of the worker, short enough to notice a Redis that does not answer.
        "socket_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        # Several systems can share one Redis.
        "global_keyprefix": "pitturu:",
    }
    if address.master:
        options |= {"master_name": address.master, "sentinel_kwargs": asking_sentinels(address)}
    config: dict[str, Any] = {"broker_url": ";".join(urls), "broker_transport_options": options}
    if address.tls is not None:
        # By default Celery accepts any certificate of a rediss:// address.
        cert_reqs = _CERT_REQS[address.tls["ssl_cert_reqs"]]
        config["broker_use_ssl"] = {**address.tls, "ssl_cert_reqs": cert_reqs}
    return config


def _amqp(address: AmqpAddress) -> dict[str, Any]:
    """RabbitMQ redelivers an unacknowledged wake-up when its worker's connection ends, so no timeout is needed."""
    config: dict[str, Any] = {
        "broker_url": address.url,
        "broker_transport_options": dict(_NO_RETRIES),
        # Not written to disk: a wake-up that is lost when RabbitMQ restarts is sent again by the next sweep.
        "task_default_delivery_mode": "transient",
        # A publisher that does not try again keeps its dead connection permanently, and beat has only one.
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
    }
    if address.tls is not None:
        names = {"ssl_ca_certs": "ca_certs", "ssl_certfile": "certfile", "ssl_keyfile": "keyfile"}
        files = {theirs: address.tls[ours] for ours, theirs in names.items() if ours in address.tls}
        cert_reqs = _CERT_REQS[address.tls["ssl_cert_reqs"]]
        # Celery replaces None with the host of the address, which the certificate must match.
        name = {"server_hostname": None} if cert_reqs is ssl.CERT_REQUIRED else {}
        config["broker_use_ssl"] = {"cert_reqs": cert_reqs, **name, **files}
    return config


def _sqs(address: SqsAddress, settings: Settings) -> dict[str, Any]:
    """Queues that exist already, so that our key needs the permissions to send and receive only."""
    options = _polled(settings) | {
        "region": address.region,
        "predefined_queues": {queue.value: {"url": address.queues + queue} for queue in Queue},
        # Long polling: SQS answers as soon as there is a wake-up, so the next poll needs no pause.
        "wait_time_seconds": 10,
        "polling_interval": 0,
    }
    return {"broker_url": address.url, "broker_transport_options": options}


def _polled(settings: Settings) -> dict[str, Any]:
    """Options of brokers that are polled queue by queue and do not notice when a consumer dies."""
    return {
        **_NO_RETRIES,
        "visibility_timeout": settings.visibility_timeout.total_seconds(),
        # Buyers first: a worker empties the queues in the order of its list.
        "queue_order_strategy": "priority",
    }


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
