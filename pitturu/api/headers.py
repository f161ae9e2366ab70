"""Headers that every answer of the API carries, and which other origins may read it."""

from typing import Final

from flask import Flask, Response, request
from flask_cors import CORS

from pitturu.config.settings import Settings

READABLE: Final = ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-ID"]
SENDABLE: Final = ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-ID"]

PREFLIGHT_LIVES: Final = 600
"""Seconds that a browser remembers a permission."""


def dress(app: Flask, settings: Settings) -> None:
    """Let the shop's frontend in, and tell browsers and proxies to keep what they hear to themselves."""
    if settings.cors_origins:
        CORS(
            app,
            resources={r"/api/*": {"origins": list(settings.cors_origins)}},
            allow_headers=SENDABLE,
            expose_headers=READABLE,
            max_age=PREFLIGHT_LIVES,
        )
    app.after_request(_cautious)


def _cautious(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
