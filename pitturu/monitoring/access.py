"""Who may see what the system says about itself: whoever has METRICS_TOKEN."""

import hmac

from werkzeug.datastructures import Authorization

from pitturu.config.settings import Settings
from pitturu.domain.errors import NotAuthenticated


def has_token(settings: Settings, authorization: Authorization | None) -> bool:
    """Whether the request carries `Authorization: Bearer` and the METRICS_TOKEN of this service."""
    given = (authorization.token if authorization and authorization.type == "bearer" else None) or ""
    return bool(settings.metrics_token) and hmac.compare_digest(given.encode(), settings.metrics_token.encode())


def require_token(settings: Settings, authorization: Authorization | None) -> None:
    """Raises NotAuthenticated. Outside production an empty token allows every client."""
    if not settings.metrics_token and not settings.production:
        return
    if not has_token(settings, authorization):
        raise NotAuthenticated(
            "metrics_token_needed", "Send Authorization: Bearer and the METRICS_TOKEN of this service."
        )
