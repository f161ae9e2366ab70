"""Health and metrics for the platform that runs the processes: `/healthz`, `/readyz`, `/metrics`."""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.monitoring import health, metrics


def init_monitoring(app: Flask, settings: Settings) -> None:
    """Register `/healthz`, `/readyz` and `/metrics`."""
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.extensions["pitturu.metrics"] = metrics.registry(settings)
