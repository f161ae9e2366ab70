"""`/healthz`, `/readyz` and `/metrics` of the web, and the count of its requests."""

from flask import Flask

from pitturu.monitoring import health, http_requests, metrics


def init_monitoring(app: Flask) -> None:
    """Register `/healthz`, `/readyz` and `/metrics`, and count requests from now on.

    To be called before other parts register functions for each request, so that these are measured too.
    """
    http_requests.init(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
