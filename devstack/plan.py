"""From wishes to children: what to start, in which order."""

import http.client
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devstack.console import Console
from devstack.environment import LOOPBACK, Wishes, own_secrets
from devstack.errors import StartError
from devstack.external_servers import check_postgres, check_redis
from devstack.ports import is_free
from devstack.postgres import Postgres
from devstack.program import Child, Program, Step
from devstack.valkey import Valkey

WEBHOOK = "/api/v1/payments/webhook"
PORT_WITHIN = 5.0
"""Seconds that programs of a run that was killed may need to let go of their ports."""


def servers(wishes: Wishes) -> list[Child]:
    """The database and the queue that nobody named, as children; those that were named are looked at.

    Completes the environment of `wishes` with their addresses and this home's secrets. Raises StartError.
    """
    wishes.environ.update(own_secrets(wishes.home) | wishes.environ)
    children: list[Child] = []
    for variable, kind, check in (("DATABASE_URL", Postgres, check_postgres), ("REDIS_URL", Valkey, check_redis)):
        if variable in wishes.environ:
            check(wishes.environ[variable])
            continue
        server = kind(wishes.home / kind.name.lower())
        wishes.environ[variable] = server.url
        children.append(server)
    return children


def programs(wishes: Wishes, checkout: Path, console: Console) -> list[Child]:
    """Everything else, as the Procfile of the checkout says it."""
    commands = procfile(checkout / "Procfile")

    def shell(name: str, kind: type[Program]) -> Program:
        return kind(name, ["sh", "-c", f"exec {commands[name]}"], wishes.environ, checkout, console)

    def python(name: str, kind: type[Program], *words: str) -> Program:
        return kind(name, [sys.executable, "-m", *words], wishes.environ, checkout, console)

    children: list[Child] = []
    if wishes.simulated:
        where = ["--port", str(wishes.simulator_port), "--data", str(wishes.home / "simulator.sqlite3")]
        children.append(
            python("simulator", Program, "portone_simulator", *where, "--webhook-url", wishes.web + WEBHOOK)
        )
    children += [shell("release", Step), python("seed", Step, "flask", "--app", "wsgi", "pitturu", "seed")]
    return children + [shell(name, Program) for name in ("worker", "beat", "web")]


def refuse_taken_ports(wishes: Wishes, patience: float = PORT_WITHIN) -> None:
    """Raises StartError when another program listens where ours shall, and still does after `patience` seconds."""
    needed = [("PORT", wishes.port, "the web server")]
    if wishes.simulated:
        needed.append(("SIMULATOR_PORT", wishes.simulator_port, "the simulator"))
    deadline = time.monotonic() + patience
    for variable, port, who in needed:
        while not is_free(port):
            if time.monotonic() > deadline:
                raise StartError(
                    f"Port {port}, which {who} needs, is taken. Stop the program that uses it, or choose another: "
                    f"{variable}={port + 1} make run"
                )
            time.sleep(0.1)


def procfile(path: Path) -> dict[str, str]:
    """The command line of each process type. Hosting platforms and we read the same file."""
    pairs = (line.partition(":") for line in path.read_text().splitlines() if line.strip())
    return {name.strip(): command.strip() for name, _, command in pairs}


def answers(port: int) -> Callable[[], bool]:
    """A question for the supervisor: does the web server on `port` say that it is alive?"""

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


def announcement(wishes: Wishes) -> str:
    """What to try first."""
    portone = wishes.environ["PORTONE_BASE_URL"] + ("  (a simulator: no money moves)" if wishes.simulated else "")
    return f"""
Everything runs.

  Shop       {wishes.web}
  API docs   {wishes.web}/docs
  PortOne    {portone}
  Data       {wishes.home}  (kept for the next start)
  Users      demo / demo-pass-1234        manager / manager-pass-1234 (operator)

Try, in another terminal:

  make demo
  curl -s {wishes.web}/api/v1/items

Other commands reach this installation after:  . {shlex.quote(str(wishes.home / "environment"))}

Ctrl-C stops everything.
"""
