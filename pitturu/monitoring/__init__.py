"""Doors for whoever runs the shop: is it alive, is it ready, how is it doing."""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.monitoring import health, metrics


def init_ops(app: Flask, settings: Settings) -> None:
    """Open `/healthz`, `/readyz` and `/metrics`."""
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.extensions["pitturu.metrics"] = metrics.registry(settings)
