"""Health and metrics for the hosting platform: `/healthz`, `/readyz`, `/metrics`, and what a process counts."""

from flask import Flask

from pitturu.monitoring import error_counter, health, http_requests, metrics


def init_monitoring(app: Flask) -> None:
    """Register `/healthz`, `/readyz` and `/metrics`, and count requests and logged errors from now on.

    To be called before other parts register functions for each request, so that these are measured too.
    """
    error_counter.count_errors()
    http_requests.init(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
