"""One trace from the browser's request to the commit of PortOne's answer, and nothing personal in it."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, SpanContext, TraceState

from pitturu import create_app, spans
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.monitoring import tracing
from pitturu.monitoring.sampling import SecretShare
from pitturu.monitoring.span_filter import FilteredExporter, filtered
from pitturu.services import services_of
from pitturu.worker.tasks import make_celery
from tests.fake_portone import PortOne
from tests.shop import Json, Shop
from tests.values import BUYER

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{SPAN}-00", "tracestate": "vendor=hana", "baggage": "name=hana"}
SECRETS = (*BUYER.values(), "hana", "correct horse", "Bearer", "wait=0")


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """Where the spans of this module arrive."""
    return InMemorySpanExporter()


@pytest.fixture(scope="module")
def traced_app(settings: Settings, exporter: InMemorySpanExporter) -> Iterator[Flask]:
    """An app that is traced. OpenTelemetry changes libraries, which is undone afterwards."""
    app = create_app(settings)
    tracing.start(app, settings, SimpleSpanProcessor(FilteredExporter(exporter)))
    yield app
    spans.use(None)
    for instrumentor in (CeleryInstrumentor(), SQLAlchemyInstrumentor(), FlaskInstrumentor()):
        instrumentor.uninstrument()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def traced(app: Flask, traced_app: Flask, portone: PortOne, exporter: InMemorySpanExporter) -> Shop:
    """A shop that is traced, with empty tables."""
    exporter.clear()
    return Shop(traced_app, portone)


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    """The spans of this name, in the order in which they ended."""
    return [span for span in exporter.get_finished_spans() if span.name == name]


def trace_of(span: ReadableSpan) -> str:
    """The number of its trace, as `traceparent` writes it."""
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def parent_of(span: ReadableSpan) -> str | None:
    """The number of the span above it."""
    return f"{span.parent.span_id:016x}" if span.parent else None


def number_of(span: ReadableSpan) -> str:
    """Its number."""
    assert span.context is not None
    return f"{span.context.span_id:016x}"


def verify(shop: Shop, exporter: InMemorySpanExporter, **headers: str) -> Any:
    """A buyer pays and has the payment verified, and a worker does it. Returns the response."""
    session = shop.open()
    imp_uid = shop.pay(session)
    exporter.clear()
    body = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"]}
    answer = shop.client.post("/api/v1/payments/verify", json=body, headers=shop.login() | headers)
    assert answer.status_code == 202
    shop.drain()
    assert shop.session(session)["status"] == "paid"
    return answer


@pytest.mark.parametrize(
    "headers", [{}, {"X-Request-ID": "ticket-7"}, TRACEPARENT, {**TRACEPARENT, "X-Request-ID": "t"}]
)
def test_one_trace_from_verify_to_the_commit(
    traced: Shop, exporter: InMemorySpanExporter, headers: dict[str, str]
) -> None:
    answer = verify(traced, exporter, **headers)

    (request,) = named(exporter, "POST /api/v1/payments/verify")
    (ask,) = named(exporter, "payments.verify ask")
    (call,) = [span for span in exporter.get_finished_spans() if span.name.startswith("portone pay")]
    (commit,) = named(exporter, "payments.verify commit")
    assert {trace_of(span) for span in (request, ask, call, commit)} == {trace_of(request)}
    if "traceparent" in headers:
        assert (trace_of(request), parent_of(request)) == (TRACE, SPAN)
        assert answer.headers["X-Request-ID"] == f"{TRACE}-{number_of(request)}"
    else:
        assert request.parent is None
        assert answer.headers["X-Request-ID"] == headers.get("X-Request-ID", answer.headers["X-Request-ID"])
    assert parent_of(ask) == parent_of(commit) == number_of(request)
    assert parent_of(call) == number_of(ask)
    assert call.attributes == {"pitturu.outcome": "ok", "pitturu.attempt": 1, "http.status_code": 200}
    assert [span for span in exporter.get_finished_spans() if parent_of(span) == number_of(commit)], "its statements"
    assert [span for span in exporter.get_finished_spans() if parent_of(span) == number_of(request)], "its statements"


def test_a_batch_is_linked_to_the_trace_of_each_row(traced: Shop, exporter: InMemorySpanExporter) -> None:
    sessions = [traced.open(user=name) for name in ("hana", "duri", "sena")]
    exporter.clear()
    for name, session in zip(("hana", "duri", "sena"), sessions, strict=True):
        traced.verify(session, traced.pay(session), name)
    traced.drain()

    requests = {trace_of(span) for span in named(exporter, "POST /api/v1/payments/verify")}
    assert {trace_of(span) for span in named(exporter, "payments.verify ask together")} == requests
    commits = named(exporter, "payments.verify commit")
    assert {trace_of(span) for span in commits} == requests
    for batch in named(exporter, "payments.verify commit batch"):
        assert batch.attributes is not None
        linked = {f"{link.context.trace_id:032x}" for link in batch.links} & requests
        assert len(linked) == batch.attributes["pitturu.rows"]


def test_a_task_s_span_and_the_work_of_its_rows_are_linked(traced: Shop, exporter: InMemorySpanExporter) -> None:
    session = traced.open()
    imp_uid = traced.pay(session)
    exporter.clear()
    traced.verify(session, imp_uid)
    services = services_of(traced.app)
    make_celery(services.runtime, services.settings).tasks["payments.verify"].apply()

    (task,) = named(exporter, "run/payments.verify")
    (commit,) = named(exporter, "payments.verify commit")
    assert number_of(task) in {f"{link.context.span_id:016x}" for link in commit.links}


def everything(exporter: InMemorySpanExporter) -> str:
    """All that left."""
    return "\n".join(span.to_json() for span in exporter.get_finished_spans())


def test_nothing_personal_leaves(traced: Shop, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> None:
    session: Json = traced.open()
    exporter.clear()
    headers = traced.login() | TRACEPARENT | {"User-Agent": "hana's", "Cookie": "refresh=hana"}
    client = traced.client
    client.get(f"/api/v1/payments/sessions/{session['session_id']}?wait=0&name=hana", headers=headers)
    client.get("/hana@example.org?token=hana", headers=headers)
    client.open("/hana", method="HANA", headers=headers)

    def broken(*_: Any) -> None:
        db.session.execute(db.text("SELECT CAST(:name AS int)"), {"name": "hana"})

    body = {"item_id": traced.item(), "quantity": 1, **BUYER}
    with monkeypatch.context() as patch:
        patch.setattr("pitturu.payments.checkout.open_session", broken)
        answer = client.post("/api/v1/payments/sessions", json=body, headers=traced.login() | TRACEPARENT)
    assert answer.status_code == 400
    paid = traced.paid()
    traced.cancel(paid)
    traced.drain()

    left = everything(exporter)
    assert "SELECT" in left
    assert "portone " in left
    assert [secret for secret in (*SECRETS, session["session_id"], "127.0.0.1", "vendor") if secret in left] == []
    assert {"GET", "HTTP"} <= {span.name for span in exporter.get_finished_spans()}


def test_of_links_and_events_as_little_leaves_as_of_the_span() -> None:
    context = SpanContext(1, 2, False, trace_state=TraceState([("vendor", "hana")]))
    link, event = Link(context, {"who": "hana"}), Event("exception", {"exception.message": "hana"})
    span = ReadableSpan("work", context=context, links=[link], events=[event], attributes={"who": "hana"})
    assert span.to_json().count("hana") >= 4
    assert "hana" not in filtered(span).to_json()


def test_a_refused_call_has_no_message(traced: Shop, exporter: InMemorySpanExporter) -> None:
    session = traced.open()
    imp_uid = traced.pay(session)
    exporter.clear()
    traced.portone.faults({"kind": "status", "endpoint": "payments.*", "times": 1})
    traced.verify(session, imp_uid)
    traced.drain()
    calls = [span for span in exporter.get_finished_spans() if span.name.startswith("portone ")]
    assert "ERROR" in {span.status.status_code.name for span in calls}
    assert {span.status.description for span in calls} == {None}


def test_a_share_is_the_same_in_all_processes() -> None:
    """Whoever samples decides by the trace, so no trace is without its end."""
    tracer = tracing.OpenTelemetryTracer(tracing.TracerProvider(), SecretShare(0.5, "a-secret"))
    flags = {name: tracing.trace.get_current_span(tracer._context(name)) for name in map(str, range(100))}
    sampled = {name for name, span in flags.items() if span.get_span_context().trace_flags.sampled}
    assert 20 < len(sampled) < 80
    other = tracing.OpenTelemetryTracer(tracing.TracerProvider(), SecretShare(0.5, "a-secret"))
    again = {name: tracing.trace.get_current_span(other._context(name)) for name in flags}
    assert sampled == {name for name, span in again.items() if span.get_span_context().trace_flags.sampled}


@pytest.mark.parametrize("traceparent", ["", "00-" + "0" * 32 + f"-{SPAN}-01", "00-x-y-01", f"00-{TRACE}-{SPAN}-01-x"])
def test_a_header_that_is_none_is_ignored(traced: Shop, traceparent: str) -> None:
    answer = traced.client.get("/api/v1/items", headers={"traceparent": traceparent, "X-Request-ID": "ticket-7"})
    assert answer.headers["X-Request-ID"] == "ticket-7"


def test_callers_do_not_choose_which_traces_are_kept() -> None:
    """They choose its number, with `traceparent` or a request id: low ones would all be kept, at our cost."""
    kept = [SecretShare(0.01, "a-secret").should_sample(None, number, "").decision for number in range(1, 1_001)]
    assert 1 < kept.count(Decision.RECORD_AND_SAMPLE) < 40


def test_by_default_none_of_it_has_to_be_installed() -> None:
    script = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("opentelemetry", "sentry_sdk"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NotInstalled())
from pitturu import create_app
from tests.values import settings_for
sys.argv = ["gunicorn"]
create_app(settings_for())
import logging
assert "ErrorLog" in [type(handler).__name__ for handler in logging.getLogger("gunicorn.error").handlers]
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
