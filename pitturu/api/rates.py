"""How often one caller may knock. Counted in Redis for all processes together; in memory while Redis is away."""

import ipaddress
from typing import Any, Final

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from redis.backoff import NoBackoff
from redis.retry import Retry

from pitturu.api import caller, problems
from pitturu.settings import Settings

KINDS: Final = {
    "auth.register": "login",
    "auth.login": "login",
    "sessions.open_session": "session",
    "webhook.receive": "webhook",
    "confirm.ask": "webhook",
}
"""Endpoints with a limit of their own; all others share the user's."""

BY_ADDRESS: Final = ("login", "webhook")

QUICKLY: Final = 0.3
"""Seconds. Redis answers in a fraction of that, and a request does not wait for one that has gone."""


def limit(app: Flask, settings: Settings) -> None:
    """Put a limit before every door under `/api`. Probes and pages have none."""
    patience: dict[str, Any] = {
        "socket_connect_timeout": QUICKLY,
        "socket_timeout": QUICKLY,
        "retry": Retry(NoBackoff(), 1),
    }
    limiter = Limiter(
        key_func=_who,
        application_limits=[ApplicationLimit(_rate)],
        storage_uri=settings.redis_url,
        storage_options=patience,
        in_memory_fallback_enabled=True,
        # Of several requests that find Redis gone at once, only the first falls back; the others pass uncounted.
        swallow_errors=True,
        key_prefix="pitturu",
    )
    limiter.request_filter(lambda: not request.path.startswith("/api/") or request.method == "OPTIONS")
    limiter.init_app(app)
    app.extensions["pitturu.limiter"] = limiter
    app.register_error_handler(RateLimitExceeded, _too_many)


def _kind() -> str:
    return KINDS.get(request.endpoint or "", "user")


def _rate() -> str:
    settings: Settings = current_app.extensions["pitturu.settings"]
    rate: str = getattr(settings, f"rate_{_kind()}")
    return rate


def _who() -> str:
    somebody = None if _kind() in BY_ADDRESS else caller.known()
    return f"{_kind()}:{somebody.username if somebody else _address()}"


def _address() -> str:
    """The client's address; of IPv6 the network, for whoever has one address there has 2^64."""
    text = request.remote_addr or "unknown"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return text if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def _too_many(error: RateLimitExceeded) -> Response:
    seconds = error.limit.limit.get_expiry()
    detail = f"More than {error.limit.limit}. Wait {seconds} seconds, then go on more slowly."
    return problems.answer(429, "too_many_requests", detail, headers={"Retry-After": str(seconds)})
