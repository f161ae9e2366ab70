"""Prometheus metrics of the last comparisons with PortOne."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily

from pitturu.store import reconciliation_rows
from pitturu.store.reconciliations import Kind, Scope


def families() -> Iterator[GaugeMetricFamily]:
    """When the last comparison of each scope ended, its findings, and those not resolved yet."""
    last = {scope: reconciliation_rows.last_ended(scope) for scope in Scope}
    ends = {str(scope): row.ended_at.timestamp() if row and row.ended_at else 0.0 for scope, row in last.items()}
    full, hour = last[Scope.FULL], last[Scope.WEBHOOKS]
    found = {str(kind): full.counts.get(kind, 0) if full else 0 for kind in Kind}
    left = reconciliation_rows.unhealed(full.id) if full else dict.fromkeys(map(str, Kind), 0)
    silent = {"hour": hour.counts.get(Kind.WEBHOOK_MISSING, 0) if hour else 0}
    yield _family("ended_timestamp_seconds", "When the last comparison ended, 0 for never", "scope", ends)
    yield _family("findings", "Findings of the last comparison of payments", "kind", found)
    yield _family("unhealed", "Findings that do not agree with PortOne yet", "kind", left)
    yield _family("webhooks_missing", "Money moved in the last full hour without a webhook", "window", silent)


def _family(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"pitturu_comparison_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
