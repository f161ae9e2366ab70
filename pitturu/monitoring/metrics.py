"""`/metrics` of the web: what the database knows, counted at each scrape, and what the web processes counted."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pitturu.domain import clock
from pitturu.monitoring import access, health, process_metrics, rollup_metrics, statistics
from pitturu.services import services, web_services
from pitturu.store import audit_findings, heartbeats, reconciliation_rows
from pitturu.store.invariants import INVARIANTS
from pitturu.store.reconciliations import Kind, Scope

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def scrape() -> Response:
    """All metrics in text format."""
    access.require_token(services().settings, request.authorization)
    return Response(generate_latest(web_services().metrics), content_type=CONTENT_TYPE_LATEST)


def registry() -> CollectorRegistry:
    """One registry per app. Any web process answers for all of them."""
    own = process_metrics.registry()
    own.register(DatabaseCollector())
    return own


class DatabaseCollector(Collector):
    """What only the database knows. Each scrape reads it once, whichever process answers."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Empty: registration must not query the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family of gauges per kind of metric."""
        yield from rollup_metrics.families()
        yield _family(
            "pitturu_cancellations", "Undecided cancellations by stage", "stage", statistics.undecided_cancellations()
        )
        yield _family("pitturu_webhooks", "Unfinished webhooks by state", "state", statistics.unfinished_webhooks())
        now, due = clock.now(), statistics.due()
        ages = {table: (now - since).total_seconds() if since else 0.0 for table, (_, since) in due.items()}
        counts = {table: count for table, (count, _) in due.items()}
        yield _family("pitturu_due_rows", "Rows that wait for a worker now", "table", counts)
        yield _family("pitturu_oldest_due_seconds", "Age of the longest waiting due row", "table", ages)
        yield _family("pitturu_attention", "Rows that need an operator", "what", statistics.attention())
        beats = {name: (now - seen).total_seconds() for name, seen in heartbeats.last_seen().items()}
        yield _family("pitturu_heartbeat_age_seconds", "Seconds since the last heartbeat", "name", beats)
        yield from _audits(now)
        alive = dict.fromkeys(beats, 0) | heartbeats.alive(now - health.MINIMUM_TIMEOUT)
        yield _family("pitturu_live_processes", "Processes with a recent heartbeat", "name", alive)
        yield from _comparisons()


def _audits(now: datetime) -> Iterator[GaugeMetricFamily]:
    broken = dict.fromkeys((invariant.name for invariant in INVARIANTS), 0)
    broken |= {standing.invariant: len(standing.rows) for standing in audit_findings.broken_invariants()}
    text = "Rows that broke an invariant at the last audit, 20 at the most"
    yield _family("pitturu_audit_violations", text, "invariant", broken)
    ages = {run.scope: (now - run.ended_at).total_seconds() for run in audit_findings.runs() if run.ended_at}
    yield _family("pitturu_audit_age_seconds", "Seconds since the last audit ended", "scope", ages)


def _comparisons() -> Iterator[GaugeMetricFamily]:
    """When the last comparison of each scope ended, its findings, and those not resolved yet."""
    last = {scope: reconciliation_rows.last_ended(scope) for scope in Scope}
    ends = {str(scope): row.ended_at.timestamp() if row and row.ended_at else 0.0 for scope, row in last.items()}
    full, hour = last[Scope.FULL], last[Scope.WEBHOOKS]
    found = {str(kind): full.counts.get(kind, 0) if full else 0 for kind in Kind}
    left = reconciliation_rows.unhealed(full.id) if full else dict.fromkeys(map(str, Kind), 0)
    silent = {"hour": hour.counts.get(Kind.WEBHOOK_MISSING, 0) if hour else 0}
    text = "When the last comparison ended, 0 for never"
    yield _family("pitturu_comparison_ended_timestamp_seconds", text, "scope", ends)
    yield _family("pitturu_comparison_findings", "Findings of the last comparison of payments", "kind", found)
    yield _family("pitturu_comparison_unhealed", "Findings that do not agree with PortOne yet", "kind", left)
    text = "Money moved in the last full hour without a webhook"
    yield _family("pitturu_comparison_webhooks_missing", text, "window", silent)


def _family(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
