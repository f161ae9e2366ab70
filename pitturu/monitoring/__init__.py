"""Health and metrics for the hosting platform: `/healthz`, `/readyz`, `/metrics`."""

from flask import Flask

from pitturu.monitoring import health, metrics


def init_monitoring(app: Flask) -> None:
    """Register `/healthz`, `/readyz` and `/metrics`."""
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
