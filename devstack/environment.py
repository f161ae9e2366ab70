"""The configuration of `make run` from the environment: addresses, ports, and servers that exist already."""

import json
import os
import secrets
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from devstack.errors import StartError
from devstack.ports import free_port

EASY_PAYS = ",".join(
    f"{method}=channel-key-{channel}"
    for method, channel in (
        ("naverpay", "naverpay"),
        ("tosspay", "tosspay"),
        ("samsungpay", "inicis"),
        ("payco", "payco"),
    )
)
"""The simulator's channels of what is offered only with a channel of its own."""
DEMO_KEYS = {
    "PORTONE_API_KEY": "demo-api-key",
    "PORTONE_API_SECRET": "demo-api-secret",
    "PORTONE_USER_CODE": "imp00000000",
    "PORTONE_INICIS_API_KEY": "demo-inicis-api-key",
    "PORTONE_V2_API_SECRET": "demo-v2-api-secret",
    "PORTONE_V2_STORE_ID": "store-00000000-0000-4000-8000-000000000000",
    "PORTONE_V2_CHANNEL_KEY": "channel-key-inicis",
    "PORTONE_CHANNELS": EASY_PAYS,
    "PORTONE_V2_CHANNELS": EASY_PAYS,
    "PORTONE_V2_WEBHOOK_SECRETS": "whsec_cGl0dHVydS1kZW1vLXdlYmhvb2sta2V5",
}
"""Understood by the simulator only; PortOne has no such settings."""
OWN_SECRETS = ("SECRET_KEY", "JWT_SECRET_KEY")
LOOPBACK = "127.0.0.1"
METRICS_PORTS = {"worker": "WORKER_METRICS_PORT", "beat": "BEAT_METRICS_PORT"}
"""The variables that choose where the metrics of each are; a free port without."""


@dataclass(frozen=True)
class ProcessEnvironment:
    """The environment of every child process, and the values in it that concern the supervisor."""

    environ: dict[str, str]
    home: Path
    port: int
    simulator_port: int
    simulated: bool
    """Whether the simulator is started, because no other PortOne was configured."""
    metrics_ports: Mapping[str, int] = field(default_factory=dict)
    """Where worker and beat answer /metrics, by name: METRICS_PORT is of one process, so each is given its own."""

    def of(self, name: str) -> dict[str, str]:
        """The environment of the process with this name."""
        port = self.metrics_ports.get(name)
        return self.environ if port is None else self.environ | {"METRICS_PORT": str(port)}

    @property
    def web(self) -> str:
        """The address of the web server."""
        return f"http://{LOOPBACK}:{self.port}"


def read(environ: Mapping[str, str], checkout: Path) -> ProcessEnvironment:
    """The settings from `environ`, then from `.env` of the checkout, then our defaults. Raises StartError on an invalid
    port."""
    in_file = {key: value for key, value in dotenv_values(checkout / ".env").items() if value is not None}
    given = in_file | {key: value for key, value in environ.items() if value or key not in in_file}
    home = Path(given.get("PITTURU_HOME") or checkout / ".pitturu").expanduser().absolute()
    port, simulator_port = _port(given, "PORT", 8080), _port(given, "SIMULATOR_PORT", 9090)
    defaults = _defaults(port, simulator_port, home)
    simulated = not given.get("PORTONE_BASE_URL")
    if simulated:
        portone = f"http://{LOOPBACK}:{simulator_port}"
        defaults |= DEMO_KEYS | {
            "PORTONE_BASE_URL": portone,
            "PORTONE_SCRIPT_URL": f"{portone}/v1/iamport.js",
            "PORTONE_V2_BASE_URL": f"{portone}/v2",
            "PORTONE_V2_SCRIPT_URL": f"{portone}/v2/browser-sdk.js",
        }
    filled = defaults | {key: value for key, value in given.items() if value}
    metrics = {name: _port(given, variable, free_port()) for name, variable in METRICS_PORTS.items()}
    return ProcessEnvironment(filled | _fixed(filled), home, port, simulator_port, simulated, metrics)


def own_secrets(home: Path) -> dict[str, str]:
    """Secrets generated once for this home directory, so that users stay logged in over a restart."""
    path = home / "secrets.json"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({name: secrets.token_urlsafe(32) for name in OWN_SECRETS}))
        unfinished.rename(path)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def leave_note(environment: ProcessEnvironment, given: Mapping[str, str]) -> Path:
    """A file to be sourced by a shell, so that other commands use this installation. Contains what `given` lacks."""
    note = environment.home / "environment"
    note.unlink(missing_ok=True)
    note.touch(mode=0o600)
    ours = {key: value for key, value in environment.environ.items() if key not in given and key not in _fixed(given)}
    note.write_text("".join(f"export {key}={shlex.quote(value)}\n" for key, value in sorted(ours.items())))
    return note


def _defaults(port: int, simulator_port: int, home: Path) -> dict[str, str]:
    return {
        "PITTURU_ENV": "development",
        "PORT": str(port),
        "SIMULATOR_PORT": str(simulator_port),
        "BIND_HOST": LOOPBACK,
        "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "BEAT_SCHEDULE": str(home / "beat-schedule"),
    }


def _fixed(given: Mapping[str, str]) -> dict[str, str]:
    """The settings that are required for the processes to find each other."""
    past_proxies = ",".join(filter(None, [given.get("NO_PROXY"), LOOPBACK, "localhost"]))
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', os.defpath)}",
        "NO_PROXY": past_proxies,
        "no_proxy": past_proxies,
        "FLASK_SKIP_DOTENV": "1",  # The file was read here, for all child processes.
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": given.get("PYTHONWARNINGS") or "ignore:You're running the worker",  # Root chose to be root.
    }


def _port(given: Mapping[str, str], name: str, default: int) -> int:
    said = given.get(name) or str(default)
    if not (said.isascii() and said.isdigit() and 0 < int(said) < 65_536):
        raise StartError(f"{name} is {said!r}; set it to a port between 1 and 65535.")
    return int(said)
