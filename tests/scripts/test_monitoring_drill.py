"""The drill's alerts are those of production with shorter durations."""

import re
from pathlib import Path

import pytest
import yaml

from scripts.monitoring_drill import quick_rules
from scripts.monitoring_drill.system import CHECKOUT

SOURCE = CHECKOUT / "deploy" / "prometheus"
TARGETS = {"pitturu-web": "127.0.0.1:1", "pitturu-worker": "127.0.0.1:2", "pitturu-beat": "127.0.0.1:3"}


@pytest.mark.parametrize(
    ("expr", "quick"),
    [
        ("rate(x[5m]) > 60", "rate(x[15s]) > 60"),
        ("min_over_time(x[10s])", "min_over_time(x[2s])"),
        ("x > (x offset 1h)", "x > (x offset 180s)"),
        ('time() - x{scope="5m"} > 3600', 'time() - x{scope="5m"} > 3600'),
    ],
)
def test_windows_and_offsets_are_shorter_and_limits_are_not(expr: str, quick: str) -> None:
    assert quick_rules.quicker({"alert": "A", "expr": expr, "for": "2m"}) == {"alert": "A", "expr": quick, "for": "6s"}


def test_every_alert_is_there_and_every_job_has_its_address(tmp_path: Path) -> None:
    config = yaml.safe_load(quick_rules.write(SOURCE, tmp_path, TARGETS, "t").read_text())
    ours = (SOURCE / "alerts.yml").read_text()

    found = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert found == {name: [address] for name, address in TARGETS.items()}
    assert re.findall(r"alert: (\w+)", (tmp_path / "alerts.yml").read_text()) == re.findall(r"alert: (\w+)", ours)
