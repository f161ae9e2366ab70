"""Response headers, and CORS for the shop's frontend."""

from typing import Final

from flask import Flask, Response, request
from flask_cors import CORS

from pitturu.config.settings import Settings

READABLE: Final = ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-ID"]
SENDABLE: Final = ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID"]

PREFLIGHT_LIVES: Final = 600
"""Seconds for which a browser may cache a preflight response."""


def init(app: Flask, settings: Settings) -> None:
    """Enable CORS for the shop's frontend, and mark every response as private for browsers and proxies."""
    if settings.cors_origins:
        CORS(
            app,
            resources={r"/api/*": {"origins": list(settings.cors_origins)}},
            allow_headers=SENDABLE,
            expose_headers=READABLE,
            max_age=PREFLIGHT_LIVES,
        )
    app.after_request(_set_headers)
    if settings.production:
        app.after_request(_only_over_tls)


def _only_over_tls(response: Response) -> Response:
    """Browsers use https for this host for a year, whatever they asked for first."""
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _set_headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
