"""Where errors and traces go besides the log: the database, and other systems if the settings name them.

Nothing of OpenTelemetry or Sentry is imported otherwise.
"""

from flask import Flask

from pitturu.config.settings import Settings
from pitturu.monitoring import error_log
from pitturu.monitoring.process import ProcessKind, process_kind


def install(app: Flask, settings: Settings) -> None:
    """Begin to store and report errors and to trace. Commands do neither: whoever runs one sees its errors, and it ends
    before a batch is sent."""
    if process_kind() is ProcessKind.COMMAND:
        return
    error_log.install(settings)
    if settings.otel_exporter_otlp_endpoint:
        from pitturu.monitoring import tracing

        tracing.install(app, settings)
    if settings.sentry_dsn:
        from pitturu.monitoring import sentry

        sentry.install(settings)
