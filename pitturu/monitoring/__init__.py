"""Health and metrics for the platform that runs the processes: `/healthz`, `/readyz`, `/metrics`."""

from flask import Flask

from pitturu.monitoring import health, metrics


def init_monitoring(app: Flask) -> None:
    """Register `/healthz`, `/readyz` and `/metrics`."""
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
