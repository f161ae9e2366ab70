"""Errors to Sentry: the same that `GET /operations/errors` shows, with the same rules about what may leave.

Sentry's integrations with Flask and Celery are not used. All errors of this program are logged, in the web, in tasks
and in threads, and their lines are what is sent. So nothing depends on Sentry's scopes, which hold requests, users and
local variables, and no header of Sentry's is added to calls to PortOne.

Imported only with SENTRY_DSN: `sentry-sdk` is an optional installation.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any, Final

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from pitturu import logs
from pitturu.config.settings import Settings
from pitturu.monitoring import error_lines
from pitturu.monitoring.error_log import LineBudget
from pitturu.monitoring.process import process_kind

KEPT: Final = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk")
KEPT_OF_EXCEPTION: Final = ("type", "module", "mechanism")
KEPT_OF_FRAME: Final = (
    *("filename", "abs_path", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)


def install(settings: Settings) -> None:
    """Send what this process logs as ERROR or above to the Sentry project in the settings."""
    budget = LineBudget(time.monotonic)

    def before_send(event: Event, hint: Hint) -> Event | None:
        record: logging.LogRecord | None = hint.get("log_record")
        # A flood is counted in the database; at Sentry each event costs money.
        if record is None or not budget.take(error_lines.event_of(record)):
            return None
        return reduced(event, record)

    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.pitturu_env,
        release=settings.sentry_release or None,
        before_send=before_send,
        before_breadcrumb=lambda _crumb, _hint: None,
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            DedupeIntegration(),
            AtexitIntegration(lambda _pending, _timeout: None),
        ],
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
    )


def reduced(event: Event, record: logging.LogRecord) -> Event:
    """The event with nothing but what may leave: names, places in the code, and the request id."""
    name = error_lines.event_of(record)
    request_id = getattr(record, "request_id", None) or logs.request_id()
    tags = {"event": name, "process": str(process_kind())} | ({"request_id": str(request_id)} if request_id else {})
    kept: Any = _only(event, KEPT) | {"logentry": {"message": name}, "tags": tags}
    given: Any = event.get("exception") or {}
    if values := given.get("values"):
        kept["exception"] = {"values": [_exception(value) for value in values]}
    reduced_event: Event = kept
    return reduced_event


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without its message, which may quote anything."""
    stack = value.get("stacktrace") or {}
    frames = [_only(frame, KEPT_OF_FRAME) for frame in stack.get("frames") or ()]
    return _only(value, KEPT_OF_EXCEPTION) | {"value": "", "stacktrace": {"frames": frames}}


def _only(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}
