"""What of a span may leave: a list of names. Whatever a library adds to its spans, today or in its next version, stays.

URLs, query strings, headers, addresses, bodies, values of statements and messages of exceptions are not on the list.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, SpanKind
from opentelemetry.trace.status import Status

ATTRIBUTES: Final = frozenset(
    {
        *("http.method", "http.request.method", "http.route", "http.scheme", "url.scheme"),
        *("http.status_code", "http.response.status_code"),
        *("db.system", "db.system.name", "db.name", "db.namespace", "db.statement", "db.query.text"),
        *("celery.action", "celery.state", "celery.task_name", "messaging.destination", "messaging.destination.name"),
        *("pitturu.outcome", "pitturu.attempt", "pitturu.rows", "exception.type"),
    }
)
"""Statements have placeholders for values; those of Redis have them for keys as well."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_TEXT: Final = 500


class FilteredExporter(SpanExporter):
    """Passes spans on with what may leave."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export copies of these spans."""
        return self._inner.export([filtered(span) for span in spans])

    def shutdown(self) -> None:
        """End the exporter behind this one."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what the exporter behind this one still has."""
        return self._inner.force_flush(timeout_millis)


def filtered(span: ReadableSpan) -> ReadableSpan:
    """A copy of the span with nothing but what is on the list."""
    attributes = _attributes(span.attributes)
    return ReadableSpan(
        name=_name(span, attributes)[:LONGEST_TEXT],
        context=_context(span.context),
        parent=_context(span.parent),
        resource=span.resource,
        attributes=attributes,
        events=[Event(one.name, _attributes(one.attributes), one.timestamp) for one in span.events],
        links=[Link(context) for link in span.links if (context := _context(link.context))],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(given: Mapping[str, object] | None) -> dict[str, str | int | float | bool]:
    known = {name: value for name, value in (given or {}).items() if name in ATTRIBUTES}
    return {
        name: value if isinstance(value, bool | int | float) else str(value)[:LONGEST_TEXT]
        for name, value in known.items()
    }


def _name(span: ReadableSpan, attributes: Mapping[str, object]) -> str:
    """The name. A request that matched no route is named after its path, which a stranger chose."""
    if span.kind is not SpanKind.SERVER or "http.route" in attributes:
        return span.name
    method = str(attributes.get("http.method") or attributes.get("http.request.method"))
    return method if method in METHODS else "HTTP"


def _context(context: SpanContext | None) -> SpanContext | None:
    """The ids, without `tracestate`: any text that a caller sent."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
