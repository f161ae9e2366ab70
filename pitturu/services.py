"""The parts of a running application. `app.py` builds them once; `services()` returns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Flask, current_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from celery import Celery
    from prometheus_client import CollectorRegistry
    from redis import Redis
    from sqlalchemy import Engine

    from pitturu.api.caller import Caller
    from pitturu.api.contract import Contract
    from pitturu.api.external_issuer import ExternalIssuer
    from pitturu.api.long_poll import LongPolls
    from pitturu.api.rate_limits import RateLimits
    from pitturu.config.settings import Settings
    from pitturu.domain.provider import Generation
    from pitturu.payments.handler_registry import HandlerRegistry
    from pitturu.portone import V1Gateway, V2Gateway
    from pitturu.store.encryption import Cipher
    from pitturu.store.replica import Replica
    from pitturu.worker.publisher import RedisPublisher
    from pitturu.worker.runtime import WorkerRuntime

KEY: Final = "pitturu"
"""Their key in `app.extensions`."""


@dataclass(frozen=True)
class Services:
    """One set for each app. Nothing in it connects before it is used, so it survives the fork of a server.

    `registry` holds all kinds of work, for workers and for whoever lists, explains, counts or replays their rows.
    `autocommit` is the engine for statements outside of transactions; `replica` is None without a configured replica.
    `cipher` encrypts personal data.
    `check_token` returns whom an access token was issued to and when it expires (unix seconds). `open_gateway` creates
    a gateway to PortOne. `stopping` is set when the process shuts down.
    """

    settings: Settings
    registry: HandlerRegistry
    redis: Redis
    celery: Celery
    publisher: RedisPublisher
    runtime: WorkerRuntime
    autocommit: Engine
    cipher: Cipher
    replica: Replica | None
    open_gateway: Callable[[Generation], V1Gateway | V2Gateway]
    external_issuer: ExternalIssuer
    check_token: Callable[[str], tuple[Caller, float]]
    rate_limits: RateLimits
    long_polls: LongPolls
    metrics: CollectorRegistry
    api: Contract
    stopping: Event


def services_of(app: Flask) -> Services:
    """The services of this app."""
    found: Services = app.extensions[KEY]
    return found


def services() -> Services:
    """The services of the app whose context is active. Raises RuntimeError outside of one."""
    return services_of(current_app)
