"""The parts of a running application, built once. `services()` returns them, `web_services()` those of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, current_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from celery import Celery
    from prometheus_client import CollectorRegistry
    from redis import Redis
    from sqlalchemy import Engine

    from pitturu.api.caller import Caller
    from pitturu.api.contract import Contract
    from pitturu.api.exports import Exports
    from pitturu.api.external_issuer import ExternalIssuer
    from pitturu.api.long_poll import LongPolls
    from pitturu.api.rate_limits import RateLimits
    from pitturu.config.settings import Settings
    from pitturu.domain.provider import Generation
    from pitturu.payments.handler_registry import HandlerRegistry
    from pitturu.portone.v1 import V1Gateway
    from pitturu.portone.v2 import V2Gateway
    from pitturu.store.encryption import Cipher
    from pitturu.store.replica import Replica
    from pitturu.worker.publisher import RedisPublisher
    from pitturu.worker.runtime import WorkerRuntime

KEY: Final = "pitturu"
WEB_KEY: Final = "pitturu.web"
"""Their keys in `app.extensions`."""


@dataclass(frozen=True)
class Services:
    """One set for each app. Nothing in it connects before it is used, so it survives the fork of a server.

    `registry` holds all kinds of work, for workers and for whoever lists, explains, counts or replays their rows.
    `autocommit` is the engine for statements outside of transactions; `replica` is None without a configured replica.
    `cipher` encrypts personal data. `open_gateway` creates a gateway to PortOne. `stopping` is set when the process
    shuts down.
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
    stopping: Event


@dataclass(frozen=True)
class WebServices:
    """What only HTTP requests need. An application of a background process has none.

    `check_token` returns whom an access token was issued to and when it expires (unix seconds). `page_data` returns
    what a page shows first, by its name and the values in its path, as JSON has it; None for nothing.
    """

    external_issuer: ExternalIssuer
    check_token: Callable[[str], tuple[Caller, float]]
    rate_limits: RateLimits
    long_polls: LongPolls
    exports: Exports
    api: Contract
    page_data: Callable[[str, Mapping[str, Any]], Any]
    metrics: CollectorRegistry


def services_of(app: Flask) -> Services:
    """The services of this app."""
    found: Services = app.extensions[KEY]
    return found


def web_services_of(app: Flask) -> WebServices:
    """The services for HTTP requests to this app. Raises KeyError for the application of a background process."""
    found: WebServices = app.extensions[WEB_KEY]
    return found


def services() -> Services:
    """The services of the app whose context is active. Raises RuntimeError outside of one."""
    return services_of(current_app)


def web_services() -> WebServices:
    """The services for HTTP requests to the app whose context is active. Raises RuntimeError outside of one."""
    return web_services_of(current_app)
