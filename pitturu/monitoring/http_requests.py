"""Counts every HTTP request by URL rule, method and status, and measures how long its response took.

An invented path has no rule and an invented method is not known, so clients create no series.
"""

import time
from typing import Final

from flask import Flask, Response, request

from pitturu import instruments
from pitturu.api.long_poll import WAITED

UNMATCHED: Final = "unmatched"
"""The route of a path that no rule matches, or not with this method."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_STARTED: Final = "pitturu.started"
"""Key in the WSGI environment: when the request began, in seconds of the monotonic clock."""


def init(app: Flask) -> None:
    """Count the requests of `app`. To be called before other functions are registered: this measures them too."""
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    request.environ[_STARTED] = time.perf_counter()


def _count(response: Response) -> Response:
    environ, rule, method = request.environ, request.url_rule, request.method
    route, known = rule.rule if rule is not None else UNMATCHED, method if method in METHODS else instruments.OTHER
    instruments.http_requests.labels(route, known, response.status_code).inc()
    # A request that may wait for a change says nothing about the speed.
    if WAITED not in environ and _STARTED in environ:
        instruments.http_seconds.labels(route, known).observe(time.perf_counter() - environ[_STARTED])
    return response
