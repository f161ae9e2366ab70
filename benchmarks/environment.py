"""The environment of a measurement: servers, the simulator, and the programs of the Procfile, each in its own
process."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
import requests

from devstack import Postgres, Valkey
from devstack.plan import procfile
from devstack.ports import free_port

ROOT: Final = Path(__file__).parent.parent
COMMANDS: Final = procfile(ROOT / "Procfile")
TIMEOUT: Final = 180.0

OBSERVED: Final = {
    "track_commit_timestamp": "on",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    # A checkpoint during a round would be measured as latency.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}
"""Postgres's defaults, except for what the measurements need: commit timestamps, and statement statistics."""


@dataclass(frozen=True)
class Environment:
    """The addresses of the servers, and the environment variables of the programs."""

    environ: dict[str, str]
    directory: Path
    simulator: str

    def on(self, **environ: str) -> "Environment":
        """The same servers, for programs with other environment variables."""
        return replace(self, environ=self.environ | environ)

    @property
    def database(self) -> str:
        """The database URL for psycopg."""
        return self.environ["DATABASE_URL"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the simulator's control API."""
        answer = requests.request(method, f"{self.simulator}/_sim/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def last_words(self) -> str:
        """The end of every program's log, for diagnosis."""
        logs = sorted(self.directory.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in logs)

    @contextmanager
    def program(self, name: str, command: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a shell command until the block ends."""
        with (self.directory / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", f"exec {command}"], cwd=ROOT, env=self.environ | environ, stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(TIMEOUT)

    def run(self, command: str) -> None:
        """Run a shell command to its end; exits with its output if it fails."""
        with self.program("step", command) as process:
            if process.wait(TIMEOUT) != 0:
                sys.exit((self.directory / "step.log").read_text())

    @contextmanager
    def web(self, application: str = "wsgi:app") -> Iterator[str]:
        """The web server of the Procfile with this application; its host:port."""
        with self.server(application) as (address, _):
            yield address

    @contextmanager
    def server(self, application: str = "wsgi:app", **environ: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """The same with other environment variables; (host:port, the process)."""
        port = free_port()
        address = f"127.0.0.1:{port}"
        command = COMMANDS["web"].replace("wsgi:app", application)
        with self.program(f"web-{port}", command, PORT=str(port), **environ) as process:
            wait_for(lambda: process.poll() is not None or _answers(address), f"{application} at {address}")
            if process.poll() is not None:
                sys.exit(f"{application} ended with {process.returncode}.\n{self.last_words()}")
            yield address, process


@contextmanager
def environment() -> Iterator[Environment]:
    """A new environment with the demo shop, removed afterwards."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="pitturu-bench-")))
        # A separate directory: its owner may be another account, which cannot access the other files.
        postgres = stack.enter_context(Postgres(stack.enter_context(TemporaryDirectory(prefix="pitturu-bench-"))))
        _observe(postgres)
        valkey = stack.enter_context(Valkey(directory / "valkey"))
        port = free_port()
        here = Environment(_environ(postgres.url, valkey.url, port), directory, f"http://127.0.0.1:{port}")
        stack.enter_context(here.program("simulator", f'"{sys.executable}" -m portone_simulator --port {port}'))
        wait_for(lambda: _answers(f"127.0.0.1:{port}", "/_sim/healthz"), "the simulator")
        for step in (COMMANDS["release"], "python -m flask --app wsgi pitturu seed"):
            here.run(step)
        yield here


def _observe(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for name, value in OBSERVED.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    postgres.restart()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until it is true; exit after TIMEOUT."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not get ready within {TIMEOUT:g} seconds.")
        time.sleep(0.05)


def _environ(database: str, redis: str, portone_port: int) -> dict[str, str]:
    plenty = {
        f"RATE_{name}": "100000000/minute"
        for name in ("LOGIN", "ACCOUNT", "SESSION", "WEBHOOK", "USER", "KEY", "EXPORT")
    }
    ours: Mapping[str, str] = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PITTURU_ENV": "development",
        "PORTONE_ENVIRONMENT": "test",
        # A run takes longer than an access token lives.
        "ACCESS_TOKEN_TTL": "7200",
        "BIND_HOST": "127.0.0.1",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "k" * 40,
        "JWT_SECRET_KEY": "j" * 40,
        "PORTONE_BASE_URL": f"http://127.0.0.1:{portone_port}",
        "PORTONE_API_KEY": "bench-key",
        "PORTONE_API_SECRET": "bench-secret",
        "PORTONE_USER_CODE": "imp00000000",
        "PORTONE_V2_BASE_URL": f"http://127.0.0.1:{portone_port}/v2",
        "PORTONE_V2_API_SECRET": "bench-v2-secret",
        "PORTONE_V2_STORE_ID": "store-00000000-0000-4000-8000-000000000000",
        "PORTONE_V2_CHANNEL_KEY": "channel-key-inicis",
        "PORTONE_V2_WEBHOOK_SECRETS": "whsec_cGl0dHVydS1kZW1vLXdlYmhvb2sta2V5",
    }
    return dict(os.environ) | dict(ours) | plenty


def _answers(address: str, path: str = "/healthz") -> bool:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
