"""How often one caller may knock. Counted in Redis for all processes together; in memory while Redis is away."""

import ipaddress
from typing import Any, Final

import limits
from flask import Flask, Response, request
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


WHO: Final = "pitturu.who"
"""Where in the WSGI environment the name is kept under which this request is counted."""


def limit(app: Flask, settings: Settings) -> None:
    """Put a limit before every door under `/api`. Probes and pages have none. Raises ValueError for an unreadable rate.

    The limiter takes whatever breaks inside it for a storage that is away, and lets requests pass. So the rates are
    read here, and callers are found out before it is asked: what breaks there is seen.
    """
    rates = {kind: str(getattr(settings, f"rate_{kind}")) for kind in ("login", "session", "webhook", "user")}
    for rate in rates.values():
        limits.parse_many(rate)
    app.before_request(_find_out_who)
    limiter = _limiter(rates, settings)
    limiter.request_filter(lambda: not _counted())
    limiter.init_app(app)
    app.extensions["pitturu.limiter"] = limiter
    app.register_error_handler(RateLimitExceeded, _too_many)


def _limiter(rates: dict[str, str], settings: Settings) -> Limiter:
    patience: dict[str, Any] = {
        "socket_connect_timeout": QUICKLY,
        "socket_timeout": QUICKLY,
        "retry": Retry(NoBackoff(), 1),
    }
    return Limiter(
        key_func=lambda: request.environ[WHO],
        application_limits=[ApplicationLimit(lambda: rates[_kind()])],
        storage_uri=settings.redis_url,
        storage_options=patience,
        in_memory_fallback_enabled=True,
        # Of several requests that find Redis gone at once, only the first falls back; the others pass uncounted.
        swallow_errors=True,
        key_prefix="pitturu",
    )


def _counted() -> bool:
    return request.path.startswith("/api/") and request.method != "OPTIONS" and request.endpoint is not None


def _find_out_who() -> None:
    if _counted():
        request.environ[WHO] = _who()


def _kind() -> str:
    return KINDS.get(request.endpoint or "", "user")


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
