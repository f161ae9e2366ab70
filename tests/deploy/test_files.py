"""Dockerfile, compose.yaml, app.json and the systemd units agree with the Procfile, the settings and each other."""

import ast
import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from devstack.plan import procfile
from pitturu.config.options import Options
from pitturu.config.settings import load
from scripts.image import dockerfile
from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"
COMMANDS = procfile(ROOT / "Procfile")
SETTINGS = {field.name.upper() for field in fields(Options)} | {"BIND_HOST", "BEAT_SCHEDULE"}
"""Also those that only gunicorn.conf.py and the Procfile read; .env.example lists them all."""
OF_COMPOSE = {"POSTGRES_PASSWORD", "SERVER_NAME", "TLS_DIRECTORY"}
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SHELL_DEFAULT = re.compile(r'"?\$\$?\{(\w+)(?::-[^}]*)?\}"?')


def words(command: str | list[str]) -> list[str]:
    """A command as words; a shell's `exec`, the place of the program and defaults of variables do not count."""
    found = shlex.split(command) if isinstance(command, str) else command
    if found[:2] == ["sh", "-c"]:
        found = shlex.split(found[2])[1:]
    return [SHELL_DEFAULT.sub(r"$\1", word).removeprefix("/srv/pitturu/.venv/bin/") for word in found]


def unit(name: str) -> configparser.RawConfigParser:
    """A unit of systemd, whose names are case-sensitive."""
    read = configparser.RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(DEPLOY / "systemd" / name)
    return read


def gunicorn_value(name: str) -> Any:
    """A constant of gunicorn.conf.py, which only gunicorn can import."""
    tree = ast.parse((ROOT / "gunicorn.conf.py").read_text())
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return next(ast.literal_eval(node.value) for node in assigned if ast.unparse(node.targets[0]) == name)


def default(name: str) -> Any:
    """The default of a setting."""
    return next(field.default for field in fields(Options) if field.name == name)


@pytest.mark.parametrize("kind", COMMANDS)
def test_compose_and_systemd_run_the_commands_of_the_procfile(kind: str) -> None:
    name = f"pitturu-{kind}@.service" if kind == "worker" else f"pitturu-{kind}.service"

    assert words(COMPOSE["services"][kind]["command"]) == words(COMMANDS[kind])
    assert words(unit(name)["Service"]["ExecStart"]) == words(COMMANDS[kind])


def test_the_image_runs_the_web_and_asks_it_how_it_is() -> None:
    steps = {step.word: step.value for step in dockerfile.steps()}

    assert json.loads(steps["CMD"]) == words(COMMANDS["web"])
    assert steps["EXPOSE"] == str(default("port"))
    assert "/healthz" in steps["HEALTHCHECK"]
    assert steps["USER"].split(":")[0].isdigit()
    assert steps["USER"] != "0:0"


def test_what_is_copied_into_the_image_exists_and_contains_no_secret() -> None:
    seen = {path.as_posix() for path in dockerfile.context()}

    for step in dockerfile.steps():
        if step.word == "COPY" and not step.value.startswith("--from"):
            for source in step.value.split()[:-1]:
                assert any(Path(name).match(source) or name.startswith(f"{source}/") for name in seen), source
    assert {name.partition("/")[0] for name in seen if "/" in name} == {"migrations", "pitturu"}
    assert not [name for name in seen if ".env" in name or "node_modules" in name]


def test_every_image_is_pinned() -> None:
    base = next(step.value for step in dockerfile.steps() if step.word == "ARG")
    images = [base.removeprefix("BASE="), *(one["image"] for one in COMPOSE["services"].values())]

    unpinned = [image for image in images if not re.fullmatch(r"pitturu:local|[\w/]+:[\w.-]*\d[\w.-]*", image)]
    assert unpinned == []


def test_the_python_of_the_image_is_new_enough() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    base = next(step.value for step in dockerfile.steps() if step.word == "ARG")

    assert (wanted, base.partition("-")[0]) == (">=3.11", "BASE=debian:trixie"), "trixie has Python 3.13"


def test_only_nginx_is_published_and_secrets_are_in_no_file() -> None:
    services = COMPOSE["services"]

    assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
    for one in services.values():
        for name, value in one.get("environment", {}).items():
            assert "PASSWORD" not in name or value.startswith("${"), name
    assert all(services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"] for name in COMMANDS)


def test_everything_waits_for_the_migration() -> None:
    for name in ("web", "worker", "beat"):
        waits = {what: how["condition"] for what, how in COMPOSE["services"][name]["depends_on"].items()}
        assert waits["release"] == "service_completed_successfully"
        service = f"pitturu-{name}@.service" if name == "worker" else f"pitturu-{name}.service"
        after = unit(service)["Unit"]
        assert "pitturu-release.service" in after["After"].split()
        # Required, a release that fails while the database is away would keep down what restarts at that time.
        assert (after["Wants"], "Requires" in after) == ("pitturu-release.service", False)


def test_named_settings_exist() -> None:
    compose = set(re.findall(r"\$\$?\{(\w+)", (DEPLOY / "compose.yaml").read_text())) - OF_COMPOSE
    for name, one in COMPOSE["services"].items():
        compose |= set(one.get("environment", {})) if name in COMMANDS else set()
    units = {name for path in UNITS for name in re.findall(r"\$\{(\w+)|^Environment=(\w+)", path.read_text(), re.M)}
    of_units = {name for pair in units for name in pair if name}
    heroku = set(json.loads((ROOT / "app.json").read_text())["env"])

    assert (compose | of_units | heroku) - SETTINGS == set()


def test_heroku_starts_once_the_empty_values_are_given() -> None:
    described = json.loads((ROOT / "app.json").read_text())
    of_addons = {
        "DATABASE_URL": "postgres://u:p@ec2.example.com:5432/d",
        "REDIS_URL": "rediss://:p@ec2.example.com:6380",
    }
    by_hand = {
        "DATA_KEYS": "3q2+7wQnV8dLkzX1sYpH5tRfUeGjA9cBmWoNiTvKxZE=",
        "PUBLIC_URL": "https://pay.example.com",
        "PORTONE_API_KEY": "imp_key",
        "PORTONE_API_SECRET": "q8Wn3Zt6" * 5,
        "PORTONE_USER_CODE": "imp12345678",
    }
    generated = {
        name: f"{name}-9e1c7a50b3d84f2670ac95e14f8b2d63" for name, one in described["env"].items() if "generator" in one
    }
    generated = {name: value.replace("SECRET", "x") for name, value in generated.items()}
    fixed = {name: one["value"] for name, one in described["env"].items() if "value" in one}

    assert load(of_addons | by_hand | generated | fixed).production
    assert set(by_hand) == {
        name for name, one in described["env"].items() if "value" not in one and "generator" not in one
    }
    assert set(described["formation"]) == set(COMMANDS) - {"release"}


@pytest.mark.parametrize(("kind", "file"), [("web", "pitturu-web.service"), ("worker", "pitturu-worker@.service")])
def test_nobody_is_killed_before_the_work_in_progress_may_end(kind: str, file: str) -> None:
    needed = gunicorn_value("graceful_timeout") if kind == "web" else default("task_hard_limit").total_seconds()

    assert int(unit(file)["Service"]["TimeoutStopSec"]) > needed
    assert int(COMPOSE["services"][kind]["stop_grace_period"].removesuffix("s")) > needed


def test_nginx_in_compose_finds_what_it_replaces() -> None:
    configuration = (DEPLOY / "nginx" / "pitturu.conf").read_text()
    replaced = re.findall(r"""-e ['"]s\|([^|]+)\|""", COMPOSE["services"]["nginx"]["command"][2])

    assert len(replaced) == 2
    assert all(text in configuration for text in replaced)


def test_the_schema_of_compose() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*check, DEPLOY / "compose.yaml"], check=False).returncode == 0


def test_hadolint_finds_nothing() -> None:
    program = Path(sys.executable).with_name("hadolint")
    assert subprocess.run([program, DEPLOY / "Dockerfile"], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """The programs are at a place of this test's, since systemd-analyze looks whether they exist."""
    for path in [*UNITS, DEPLOY / "systemd" / "pitturu.target"]:
        (tmp_path / path.name).write_text(
            re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.M)
        )
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, [line for line in said.stderr.splitlines() if "pitturu" in line]) == (0, [])


def test_units_agree_with_each_other() -> None:
    assert {path.name for path in UNITS} == {f"pitturu-{kind}{'@' * (kind == 'worker')}.service" for kind in COMMANDS}
    hardening = {"ProtectSystem", "NoNewPrivileges", "PrivateTmp", "CapabilityBoundingSet", "SystemCallFilter", "UMask"}
    for path in UNITS:
        service = unit(path.name)["Service"]
        assert hardening <= set(service)
        assert service.get("RestartPreventExitStatus", "78") == "78"
        assert service["EnvironmentFile"] == "/etc/pitturu/environment"
