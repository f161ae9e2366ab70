"""The whole system as `make run` runs it: real processes, each of which a test may kill and start again.

What runs, and with which command, is read from the same plan and Procfile that `make run` and hosting platforms read.
Only the times are shorter.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import psycopg
import requests

from devstack.console import Console
from devstack.environment import read
from devstack.plan import programs, servers
from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.supervisor import Child
from devstack.valkey import Valkey
from tests.fake_portone import PortOne
from tests.servers import private_postgres, private_valkey, scratch_directory
from tests.waiting import until

CHECKOUT = Path(__file__).resolve().parents[1]

SHORT = {
    "PORTONE_CONNECT_TIMEOUT": "0.5",
    "PORTONE_READ_TIMEOUT": "4",
    "TASK_SOFT_LIMIT": "5",
    "TASK_HARD_LIMIT": "6",
    "LEASE": "7",
    "SWEEP_INTERVAL": "1",
    "DUE_LIMIT": "60",
}
"""Seconds. A call takes long enough to be caught in the middle; a dead worker's rows are soon free again."""

ROOMY = dict.fromkeys(("RATE_LOGIN", "RATE_ACCOUNT", "RATE_SESSION", "RATE_WEBHOOK", "RATE_USER"), "100000/minute")
SMALL = {"WEB_CONCURRENCY": "2", "WORKER_CONCURRENCY": "8", "DATABASE_POOL": "10"}
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR")
"""Nothing else of this machine's environment reaches the system under test."""


class System:
    """Children by name: postgres, valkey, simulator, worker, beat, web. Their output is in one log."""

    def __init__(self, home: Path, postgres: Postgres, valkey: Valkey) -> None:
        given = {name: os.environ[name] for name in INHERITED if name in os.environ} | SHORT | ROOMY | SMALL
        given |= {"PITTURU_HOME": str(home), "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        given |= {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}
        self.environment = read(given, home)
        servers(self.environment)
        self.log = (home / "log").open("w+")
        self.children: dict[str, Child] = {"postgres": postgres, "valkey": valkey, **self._programs(self.environment)}
        self.portone = PortOne(SimpleNamespace(url=self.environment.environ["PORTONE_BASE_URL"]))

    @property
    def url(self) -> str:
        """Where the shop answers."""
        return self.environment.web

    def start(self, *names: str) -> None:
        """Start these again; those that serve HTTP answer when this returns."""
        for name in names:
            self.children[name].start()
        for name in names:
            self._wait_for(name)

    def stop(self, *names: str) -> None:
        """Ask these to end, one after the other, and wait for it."""
        for name in names:
            self.children[name].stop()

    def kill(self, *names: str) -> None:
        """SIGKILL these with all their processes."""
        for name in names:
            self.children[name].kill()

    @contextmanager
    def another(self, name: str) -> Iterator[Child]:
        """One more process of this kind, with its own port and files, killed at the end."""
        own = {"PORT": str(free_port()), "BEAT_SCHEDULE": str(self.environment.home / "another-schedule")}
        metrics = {kind: free_port() for kind in self.environment.metrics_ports}
        environment = replace(self.environment, environ=self.environment.environ | own, metrics_ports=metrics)
        child = self._programs(environment)[name]
        child.start()
        try:
            yield child
        finally:
            child.kill()

    @contextmanager
    def frozen(self, word: str) -> Iterator[None]:
        """Processes with this name or argument are stopped, with their connections open, and continued at the end."""
        family = [process for process in psutil.Process().children(recursive=True) if word in _words(process)]
        for process in family:
            process.suspend()
        try:
            yield
        finally:
            for process in family:
                process.resume()

    def heal(self) -> None:
        """Everything runs, and PortOne has no faults."""
        self.start(*(name for name, child in self.children.items() if child.exited() is not None))
        self.portone.faults()

    def ready(self) -> bool:
        """Whether every check of the shop itself is green."""
        return self._answers(f"{self.url}/readyz")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What an operator would read, or change, in the database."""
        with psycopg.connect(self.environment.environ["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def end_of_log(self) -> int:
        """The place in the log where the next line will be."""
        self.log.flush()
        return self.log.tell()

    def said_since(self, place: int) -> str:
        """What all processes wrote after `place` in the log."""
        self.log.flush()
        with open(self.log.name) as log:
            log.seek(place)
            return log.read()

    def begin(self) -> None:
        """The first start, with an empty database."""
        for child in self.children.values():
            child.start()
        for name in self.children:
            self._wait_for(name)
        until(self.ready, "every check of /readyz is green")
        for step in ("release", "seed"):
            del self.children[step]

    def _programs(self, environment: Any) -> dict[str, Child]:
        return {child.name: child for child in programs(environment, CHECKOUT, Console(self.log))}

    def _wait_for(self, name: str) -> None:
        address = {"web": f"{self.url}/healthz", "simulator": f"{self.portone.url}/_sim/healthz"}.get(name)
        if address:
            until(lambda: self._answers(address), f"{name} answers at {address}")

    def _answers(self, address: str) -> bool:
        try:
            return requests.get(address, timeout=5).status_code == 200
        except requests.RequestException:
            return False


@contextmanager
def whole_system() -> Iterator[System]:
    """A system of its own, with a demo shop in it."""
    with (
        scratch_directory("system") as home,
        private_postgres() as postgres,
        private_valkey() as valkey,
    ):
        system = System(Path(home), postgres, valkey)
        try:
            system.begin()
            yield system
        finally:
            for child in reversed(system.children.values()):
                child.kill()
                child.stop()  # Reads what it said last, so that nothing is written to a closed log.
            system.log.close()


def _words(process: psutil.Process) -> tuple[str, ...]:
    """The name and the arguments of a process; none when it has ended meanwhile, as a connection of Postgres may."""
    try:
        return process.name(), *process.cmdline()
    except psutil.NoSuchProcess:
        return ()
