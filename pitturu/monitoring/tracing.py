"""Traces by OpenTelemetry: one leads from a browser's request through the wake-up to PortOne's call and the commit.

A wake-up carries no data, and one of them makes a worker answer many rows, so its headers cannot lead from a request to
its work. The row does: it has the id of its request, and the ids of the trace follow from that. They are in the request
id when the caller began the trace (`traceparent`), and a hash of it otherwise. So tracing needs no column.

Imported only when traces are on: OpenTelemetry is an optional installation.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from flask import Flask
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, ParentBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.status import Status, StatusCode

from pitturu import spans
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.monitoring.process import process_kind
from pitturu.monitoring.sampling import Roots, SecretShare
from pitturu.monitoring.span_filter import FilteredExporter
from pitturu.services import services_of

UNTRACED: Final = "healthz,readyz,metrics"
"""Paths that platforms ask for every few seconds."""

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_OWN_ID: Final = re.compile(r"([0-9a-f]{32})-([0-9a-f]{16})")
"""A request id that names its trace and its span."""


class Ids(NamedTuple):
    """The numbers of a trace and of a span in it."""

    trace: int
    span: int


_next_ids: ContextVar[Ids | None] = ContextVar("next_ids", default=None)
"""Of the first span of the request that begins."""


def ids_of(request_id: str) -> Ids:
    """The trace and the span of this request, in any process."""
    named = _OWN_ID.fullmatch(request_id)
    if named is not None and int(named[1], 16) and int(named[2], 16):
        return Ids(int(named[1], 16), int(named[2], 16))
    digest = blake2b(request_id.encode(), digest_size=24, person=b"pitturu trace").digest()
    return Ids(int.from_bytes(digest[:16]) or 1, int.from_bytes(digest[16:]) or 1)


def install(app: Flask, settings: Settings) -> None:
    """Trace this app, and send the traces to the collector in the settings, in batches by a thread of their own."""
    exporter = OTLPSpanExporter(endpoint=settings.otel_exporter_otlp_endpoint.rstrip("/") + "/v1/traces")
    start(app, settings, BatchSpanProcessor(FilteredExporter(exporter)))


def start(app: Flask, settings: Settings, processor: SpanProcessor) -> None:
    """Trace this app with OpenTelemetry's own instrumentations, and with spans of ours where theirs do not fit.

    Theirs for `requests` does not: PortOne is called below it (`portone/http_adapter.py`). Two of them have no types.
    """
    name = os.environ.get("OTEL_SERVICE_NAME") or f"pitturu-{process_kind()}"
    share = SecretShare(settings.otel_traces_sampler_arg, settings.secret_key)
    provider = TracerProvider(
        # The same answer for a trace in each process, whatever a caller wishes.
        sampler=ParentBased(Roots(share), remote_parent_sampled=share, remote_parent_not_sampled=share),
        resource=Resource.create({SERVICE_NAME: name}),
        id_generator=_RequestIds(),
    )
    provider.add_span_processor(processor)
    # Baggage is text of the caller's, and is not passed on.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    flask: Any = FlaskInstrumentor
    flask.instrument_app(app, tracer_provider=provider, excluded_urls=UNTRACED)
    services = services_of(app)
    with app.app_context():
        engines = [db.engine, services.autocommit, *([services.replica.engine] if services.replica else [])]
    # It states support for SQLAlchemy up to 2.0, and uses nothing that 2.1 changed: a test shows its spans.
    SQLAlchemyInstrumentor().instrument(engines=engines, tracer_provider=provider, skip_dep_check=True)
    # This client only: Celery's own asks the broker for messages all the time.
    RedisInstrumentor.instrument_client(services.redis, tracer_provider=provider)
    celery: Any = CeleryInstrumentor
    celery().instrument(tracer_provider=provider)
    spans.use(OpenTelemetryTracer(provider, share))


class _RequestIds(IdGenerator):
    """Random numbers, except for the first span of a request, which has those of its request id."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_trace_id(self) -> int:
        """The number of a new trace."""
        ids = _next_ids.get()
        return self._random.generate_trace_id() if ids is None else ids.trace

    def generate_span_id(self) -> int:
        """The number of a new span."""
        ids = _next_ids.get()
        if ids is None:
            return self._random.generate_span_id()
        _next_ids.set(None)
        return ids.span


class _Call:
    """The span of a call to PortOne."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def ended(self, status: int, outcome: str, attempt: int) -> None:
        """How the call ended, see `spans.CallSpan`."""
        self._span.set_attributes({"pitturu.outcome": outcome, "pitturu.attempt": attempt})
        if status:
            self._span.set_attribute("http.status_code", status)
        if outcome != "ok":
            self._span.set_status(Status(StatusCode.ERROR))


class OpenTelemetryTracer:
    """`spans.Tracer` with OpenTelemetry."""

    def __init__(self, provider: TracerProvider, share: SecretShare) -> None:
        self._tracer, self._share = provider.get_tracer("pitturu"), share

    def request_id(self, traceparent: str | None, proposed: str) -> str:
        """The proposed id, or the numbers of the caller's trace and of a span in it. The next span has them."""
        given = _TRACEPARENT.fullmatch(traceparent or "")
        if given is not None and int(given[1], 16) and int(given[2], 16):
            proposed = f"{given[1]}-{RandomIdGenerator().generate_span_id():016x}"
        _next_ids.set(ids_of(proposed))
        return proposed

    @contextmanager
    def call(self, name: str) -> Iterator[_Call]:
        """A span for a call to PortOne. Its failures are outcomes, not exceptions with messages."""
        with self._tracer.start_as_current_span(
            f"portone {name}", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ) as span:
            yield _Call(span)

    @contextmanager
    def of_requests(self, name: str, request_ids: Sequence[str | None]) -> Iterator[None]:
        """A span in the trace of each request; statements and calls within become part of the trace of a single one."""
        contexts = [self._context(known) for known in dict.fromkeys(request_ids) if known is not None]
        here = trace.get_current_span().get_span_context()
        links = [Link(here)] if here.is_valid else []
        with ExitStack() as stack:
            if len(contexts) != 1:
                whole = [*links, *(Link(trace.get_current_span(one).get_span_context()) for one in contexts)]
                rows = {"pitturu.rows": len(request_ids)}
                stack.enter_context(self._span(f"{name} batch", None, whole, rows))
            for context in contexts:
                stack.enter_context(self._span(name, context, links, {}, current=len(contexts) == 1))
            yield

    @contextmanager
    def _span(
        self, name: str, parent: Context | None, links: Sequence[Link], attributes: dict[str, int], current: bool = True
    ) -> Iterator[None]:
        """A span around a block. Of an exception it has the class only."""
        span = self._tracer.start_span(name, parent, links=links, attributes=attributes)
        try:
            if current:
                with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                    yield
            else:
                yield
        except Exception as error:
            span.set_attribute("exception.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end()

    def _context(self, request_id: str) -> Context:
        """The context of this request's span, which another process may have made."""
        ids = ids_of(request_id)
        sampled = self._share.should_sample(None, ids.trace, "").decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        parent = NonRecordingSpan(SpanContext(ids.trace, ids.span, is_remote=True, trace_flags=flags))
        return trace.set_span_in_context(parent, Context())
