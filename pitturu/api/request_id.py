"""Every request has an id: the client's own if it is well-formed. It is in each log line and in the response."""

import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from pitturu import logs, spans
from pitturu.config.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"
USER: Final = "pitturu.user"
"""Key in the WSGI environment under which the endpoint leaves the caller's name for the access log."""

_DECENT: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBES: Final = ("/healthz", "/readyz", "/metrics")


def wrap(app: Flask, settings: Settings) -> None:
    """Wrap the application; outermost, so that failed requests are logged too. X-Forwarded-For counts behind proxies of
    ours."""
    app.wsgi_app = _RequestIds(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


class _RequestIds:
    """WSGI middleware: binds the id, echoes it, writes the access line."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        offered = environ.get("HTTP_X_REQUEST_ID", "")
        proposed = offered if _DECENT.fullmatch(offered) else secrets.token_hex(8)
        name = spans.request_id(environ.get("HTTP_TRACEPARENT"), proposed)
        began, status = time.monotonic(), "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            return start_response(line, [*headers, (HEADER, name)], exc_info)

        with logs.bind(name):
            try:
                return self._inner(environ, start)
            finally:
                _access(environ, status, time.monotonic() - began)


def _access(environ: "WSGIEnvironment", status: str, seconds: float) -> None:
    """Without query string and body: both may hold data that must not be in a log."""
    path = environ.get("PATH_INFO", "")
    fields = {
        "method": environ["REQUEST_METHOD"],
        "path": path[:200],
        "status": int(status.split(" ", 1)[0]),
        "ms": round(seconds * 1000, 1),
        "user": environ.get(USER),
    }
    log.log(logging.DEBUG if path in _PROBES else logging.INFO, "request", extra=fields)
