"""Who may see what the system says about itself: whoever has METRICS_TOKEN."""

import hmac

from flask import request

from pitturu.config.settings import Settings


def has_token(settings: Settings) -> bool:
    """Whether the request carries `Authorization: Bearer` and the METRICS_TOKEN of this service."""
    authorization = request.authorization
    given = (authorization.token if authorization and authorization.type == "bearer" else None) or ""
    return bool(settings.metrics_token) and hmac.compare_digest(given.encode(), settings.metrics_token.encode())
