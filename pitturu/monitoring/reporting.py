"""Traces and errors that go to other systems, if the settings name them. Nothing of either is imported otherwise."""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.monitoring.process import ProcessKind, process_kind


def install(app: Flask, settings: Settings) -> None:
    """Begin to trace and to report what the settings name. Commands trace nothing: they end before a batch is sent."""
    if settings.otel_exporter_otlp_endpoint and process_kind() is not ProcessKind.COMMAND:
        from pitturu.monitoring import tracing

        tracing.install(app, settings)
    if settings.sentry_dsn:
        from pitturu.monitoring import sentry

        sentry.install(settings)
