"""The child processes of `make run`, and their order."""

import http.client
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devstack.console import Console
from devstack.environment import LOOPBACK, ProcessEnvironment, own_secrets
from devstack.errors import StartError
from devstack.external_servers import check_postgres, check_redis
from devstack.ports import is_free
from devstack.postgres import Postgres
from devstack.program import Program, Step
from devstack.supervisor import Child
from devstack.valkey import Valkey

WEBHOOK = "/api/v1/payments/webhook"
PORT_WITHIN = 5.0
"""Seconds that processes of a killed run may need to release their ports."""


def servers(environment: ProcessEnvironment) -> list[Child]:
    """The database and the queue as children, unless external ones are configured; those are checked.

    Completes the environment of `environment` with their addresses and this home's secrets. Raises StartError.
    """
    environment.environ.update(own_secrets(environment.home) | environment.environ)
    children: list[Child] = []
    for variable, kind, check in (("DATABASE_URL", Postgres, check_postgres), ("REDIS_URL", Valkey, check_redis)):
        if variable in environment.environ:
            check(environment.environ[variable])
            continue
        server = kind(environment.home / kind.name.lower())
        environment.environ[variable] = server.url
        children.append(server)
    return children


def programs(environment: ProcessEnvironment, checkout: Path, console: Console) -> list[Child]:
    """All other processes, from the Procfile of the checkout."""
    commands = procfile(checkout / "Procfile")

    def shell(name: str, kind: type[Program]) -> Program:
        return kind(name, ["sh", "-c", f"exec {commands[name]}"], environment.of(name), checkout, console)

    def python(name: str, kind: type[Program], *words: str) -> Program:
        return kind(name, [sys.executable, "-m", *words], environment.environ, checkout, console)

    port, data = str(environment.simulator_port), str(environment.home / "simulator.sqlite3")
    options = ("--port", port, "--data", data, "--webhook-url", environment.web + WEBHOOK)
    return [
        *([python("simulator", Program, "portone_simulator", *options)] if environment.simulated else []),
        shell("release", Step),
        python("seed", Step, "flask", "--app", "wsgi", "pitturu", "seed"),
        *(shell(name, Program) for name in ("worker", "beat", "web")),
    ]


def refuse_taken_ports(environment: ProcessEnvironment, timeout: float = PORT_WITHIN) -> None:
    """Raises StartError when another program still listens on one of our ports after `timeout` seconds."""
    needed = [("PORT", environment.port, "the web server")]
    if environment.simulated:
        needed.append(("SIMULATOR_PORT", environment.simulator_port, "the simulator"))
    deadline = time.monotonic() + timeout
    for variable, port, who in needed:
        while not is_free(port):
            if time.monotonic() > deadline:
                raise StartError(
                    f"Port {port}, which {who} needs, is taken. Stop the program that uses it, or choose another: "
                    f"{variable}={port + 1} make run"
                )
            time.sleep(0.1)


def procfile(path: Path) -> dict[str, str]:
    """The command line of each process type. Hosting platforms read the same file."""
    pairs = (line.partition(":") for line in path.read_text().splitlines() if line.strip())
    return {name.strip(): command.strip() for name, _, command in pairs}


def answers(port: int) -> Callable[[], bool]:
    """A readiness check for the supervisor: whether the web server on `port` answers its liveness probe."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def announcement(environment: ProcessEnvironment) -> str:
    """The message shown when everything runs."""
    portone = environment.environ["PORTONE_BASE_URL"] + (
        "  (a simulator: no money moves)" if environment.simulated else ""
    )
    metrics = ", ".join(f"{name} http://{LOOPBACK}:{port}/metrics" for name, port in environment.metrics_ports.items())
    return f"""
Everything runs.

  Shop       {environment.web}
  API docs   {environment.web}/docs
  PortOne    {portone}
  Metrics    web {environment.web}/metrics, {metrics}
  Data       {environment.home}  (kept for the next start)
  Users      demo / demo-pass-1234        manager / manager-pass-1234 (admin)

Try, in another terminal:

  make demo
  curl -s {environment.web}/api/v1/items

Other commands reach this installation after:  . {shlex.quote(str(environment.home / "environment"))}

Ctrl-C stops everything.
"""
