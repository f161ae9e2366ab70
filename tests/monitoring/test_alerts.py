"""Alerts and dashboard use metrics that exist, lead to documentation that exists, and each alert is tested."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from pitturu import instruments
from pitturu.monitoring import metrics, rollup_metrics
from tests.architecture.sources import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
TESTS = ("alerts_test.yml", "alerts_days_test.yml")

OF_PROMETHEUS = {"job", "instance", "le"}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}

Known = dict[str, set[str]]


@pytest.fixture(scope="module")
def known(shared_app: Flask, postgres_url: str) -> Known:
    """Every metric that a process can show, with the labels of those that this process counts itself."""
    found: Known = {f"{count.name}_total": set(count.labels) for count in rollup_metrics.COUNTS}
    for collector in instruments.REGISTRY._collector_to_names:
        for family in collector.describe():
            for suffix in SUFFIXES[family.type]:
                found[family.name + suffix] = set(collector._labelnames)
    with shared_app.app_context():
        for family in metrics.DatabaseCollector().collect():
            for suffix in SUFFIXES[family.type]:
                labels = {label for sample in family.samples for label in sample.labels}
                found.setdefault(family.name + suffix, labels)
    return found


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Every panel of the dashboard that shows something."""
    board = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text())
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[str]:
    """What alerts and panels ask for, and what the tests of the alerts give them."""
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel["targets"])
    for name in TESTS:
        for test in yaml.safe_load((PROMETHEUS / name).read_text())["tests"]:
            yield from (series["series"] for series in test["input_series"])


def unknown(expression: str, known: Known) -> list[str]:
    """Metrics and labels in an expression that no process shows."""
    names = [name for name in re.findall(r"\bpitturu_\w+", expression) if name not in known]
    for name, matchers in re.findall(r"\b(pitturu_\w+)\{([^}]*)\}", expression):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", matchers)) - OF_PROMETHEUS
        # A family without samples in an empty database does not show its labels.
        names += [f"{name}{{{label}}}" for label in labels if known.get(name) and label not in known[name]]
    return names


def test_every_metric_in_alerts_and_dashboard_exists(known: Known) -> None:
    assert [missing for expression in expressions() for missing in unknown(expression, known)] == []


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        ("rate(pitturu_http_requests[5m])", ["pitturu_http_requests"]),
        ('pitturu_errors_total{job="a",name="b"}', ["pitturu_errors_total{name}"]),
        ('pitturu_oldest_due_seconds{table=~"a"}', []),
    ],
)
def test_a_metric_that_does_not_exist_is_noticed(known: Known, expression: str, missing: list[str]) -> None:
    assert unknown(expression, known) == missing


def anchors(page: Path) -> list[str]:
    """How GitHub names the headings of a page in links."""
    headings = [line.lstrip("# ").lower() for line in page.read_text().splitlines() if line.startswith("#")]
    return [re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings]


def test_every_alert_says_what_to_do_and_where_to_read_more() -> None:
    places = {f"docs/{page.name}#{anchor}" for page in (ROOT / "docs").glob("*.md") for anchor in anchors(page)}

    for rule in rules():
        assert rule["alert"].startswith("Pitturu")
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "description", "runbook"}
        assert rule["annotations"]["runbook"] in places, rule["alert"]


def test_every_alert_is_tested_to_fire_and_to_be_silent() -> None:
    fires, silent = set(), set()
    for name in TESTS:
        for test in yaml.safe_load((PROMETHEUS / name).read_text())["tests"]:
            wanted = [str(expected["exp_samples"]) for expected in test["promql_expr_test"]]
            here = {alert for text in wanted for alert in re.findall(r'alertname="(\w+)"', text)}
            fires |= here
            silent |= here if "[]" in wanted else set()

    assert fires == silent == {rule["alert"] for rule in rules()}


def test_every_panel_chooses_its_data_source_and_has_a_place_of_its_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}", panel["title"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
