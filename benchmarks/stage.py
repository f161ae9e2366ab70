"""Everything a measurement needs, as separate processes: servers, a pretend PortOne, the programs of the Procfile."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import requests

from pitturu.embedded import Postgres, Valkey
from pitturu.embedded.plan import procfile
from pitturu.embedded.ports import free_port

ROOT: Final = Path(__file__).parent.parent
COMMANDS: Final = procfile(ROOT / "Procfile")
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Stage:
    """Where things are, and the environment that the programs run in."""

    environ: dict[str, str]
    directory: Path
    simulator: str

    @property
    def database(self) -> str:
        """Postgres, as psycopg wants it."""
        return self.environ["DATABASE_URL"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the simulator's control API."""
        answer = requests.request(method, f"{self.simulator}/_sim/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

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
                process.wait(PATIENCE)

    @contextmanager
    def web(self, application: str = "wsgi:app") -> Iterator[str]:
        """The web server of the Procfile with this application; its host:port."""
        port = free_port()
        address = f"127.0.0.1:{port}"
        command = COMMANDS["web"].replace("wsgi:app", application)
        with self.program("web", command, PORT=str(port)):
            wait_for(lambda: _answers(address), f"{application} at {address}")
            yield address


@contextmanager
def stage() -> Iterator[Stage]:
    """A fresh stage with the demo shop, taken down afterwards."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="pitturu-bench-")))
        # A directory of its own, because its owner may be another account, to which the rest is closed.
        postgres = stack.enter_context(Postgres(stack.enter_context(TemporaryDirectory(prefix="pitturu-bench-"))))
        valkey = stack.enter_context(Valkey(directory / "valkey"))
        port = free_port()
        here = Stage(_environ(postgres.url, valkey.url, port), directory, f"http://127.0.0.1:{port}")
        stack.enter_context(here.program("simulator", f'"{sys.executable}" -m pitturu.simulator --port {port}'))
        wait_for(lambda: _answers(f"127.0.0.1:{port}", "/_sim/healthz"), "the simulator")
        for step in (COMMANDS["release"], "python -m flask --app wsgi pitturu seed"):
            with here.program("step", step) as process:
                if process.wait(PATIENCE) != 0:
                    sys.exit((directory / "step.log").read_text())
        yield here


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Look until it is so; after a minute, say what never came."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not get ready within {PATIENCE:g} seconds.")
        time.sleep(0.05)


def _environ(database: str, redis: str, portone_port: int) -> dict[str, str]:
    plenty = {f"RATE_{name}": "100000000/minute" for name in ("LOGIN", "SESSION", "WEBHOOK", "USER")}
    ours: Mapping[str, str] = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PITTURU_ENV": "development",
        "PORTONE_ENVIRONMENT": "test",
        "LOG_LEVEL": "WARNING",
        "BIND_HOST": "127.0.0.1",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": "k" * 40,
        "JWT_SECRET_KEY": "j" * 40,
        "PORTONE_BASE_URL": f"http://127.0.0.1:{portone_port}",
        "PORTONE_API_KEY": "bench-key",
        "PORTONE_API_SECRET": "bench-secret",
        "PORTONE_USER_CODE": "imp00000000",
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
