"""The configuration and alerts of `deploy/prometheus`, for a Prometheus that watches for minutes instead of days.

Only durations differ: `for`, the windows in brackets and offsets are divided by FASTER. Metrics, conditions and limits
are those of production.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

FASTER: Final = 20
SHORTEST: Final = 2
"""Seconds: a window must hold two scrapes, of one second each."""

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION: Final = re.compile(r"(\[|offset |^)(\d+)([smhd])\b")


def write(source: Path, directory: Path, targets: dict[str, str], token: str) -> Path:
    """Write everything that Prometheus reads into `directory`; `targets` are the addresses by name of their job.

    Returns the path of the configuration.
    """
    rules = yaml.safe_load((source / "alerts.yml").read_text())
    for group in rules["groups"]:
        group["rules"] = [quicker(rule) for rule in group["rules"]]
    (directory / "alerts.yml").write_text(yaml.safe_dump(rules))
    (directory / "metrics_token").write_text(token)
    config = yaml.safe_load((source / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    del config["alerting"]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    path = directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


def quicker(rule: dict[str, Any]) -> dict[str, Any]:
    """The same alert with shorter durations."""
    return rule | {name: _DURATION.sub(_shorter, rule[name]) for name in ("expr", "for") if name in rule}


def _shorter(found: re.Match[str]) -> str:
    before, number, unit = found.groups()
    return f"{before}{max(int(number) * _UNITS[unit] // FASTER, SHORTEST)}s"
