"""The whole system as `make run` runs it: real processes, each of which a test may kill and start again.

What runs, and with which command, is read from the same plan and Procfile that `make run` and hosting platforms read.
Only the times are shorter.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
from tests import prepared
from tests.fake_portone import PortOne
from tests.servers import scratch_directory
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
STEPS = ("release", "seed")
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR")
"""Nothing else of this machine's environment reaches the system under test."""


class System:
    """Children by name: postgres, valkey, simulator, worker, beat, web. Their output is in one log.

    Mail is sent to `mail_port`, where a test may have a server.
    """

    def __init__(self, home: Path, postgres: Postgres, valkey: Valkey, **settings: str) -> None:
        given = {name: os.environ[name] for name in INHERITED if name in os.environ} | SHORT | ROOMY | SMALL
        given |= {"PITTURU_HOME": str(home), "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        given |= {"PORT": (port := str(free_port())), "SIMULATOR_PORT": str(free_port())}
        self.mail_port = free_port()
        given |= {"SMTP_URL": f"smtp://127.0.0.1:{self.mail_port}?tls=none", "MAIL_FROM": "pitturu@example.com"}
        # Kakao's script, as far as a browser test plays it.
        given |= {"POSTCODE_SCRIPT_URL": f"http://127.0.0.1:{port}/kakao/postcode.v2.js"}
        self.environment = read(given | settings, home)
        servers(self.environment)
        self.log = (home / "log").open("w+")
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
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
        """What an operator would read, or change, in the database. One connection for all of it: making one takes a
        hundred times as long as most statements, and `until` repeats them."""
        cursor = self._connected().execute(query, values)  # type: ignore[arg-type]
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

    def prepare(self) -> None:
        """Make the tables and the demo shop, with the commands of a deployment, and stop Postgres."""
        for step in STEPS:
            self.children[step].start()
        self.stop("postgres")

    def begin(self) -> None:
        """The first start of everything, on prepared data."""
        for step in STEPS:
            del self.children[step]
        self.start(*self.children)
        until(self.ready, "every check of /readyz is green")

    def _connected(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The connection, or a new one after Postgres was killed or restarted, which a ping finds out."""
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                self._connection.execute("")
                return self._connection
            self._connection.close()
        self._connection = psycopg.connect(self.environment.environ["DATABASE_URL"], autocommit=True)
        return self._connection

    def disconnect(self) -> None:
        """Close the connection of `rows`, at the end of the system."""
        if self._connection is not None:
            self._connection.close()

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
def whole_system(**settings: str) -> Iterator[System]:
    """A system of its own, with a demo shop in it, and with these settings beside the usual ones."""
    with ExitStack() as stack:
        home, data, queue = (
            Path(stack.enter_context(scratch_directory(name))) for name in ("system", "postgres", "valkey")
        )

        def prepare() -> None:
            with _system(home, data, queue) as first:
                first.prepare()

        prepared.fill(home, data, prepare)
        system = stack.enter_context(_system(home, data, queue, **settings))
        system.begin()
        yield system


@contextmanager
def _system(home: Path, data: Path, queue: Path, **settings: str) -> Iterator[System]:
    """A system on these directories, of which only the servers run; at the end, nothing does."""
    with Postgres(data, durable=False) as postgres, Valkey(queue) as valkey:
        system = System(home, postgres, valkey, **settings)
        try:
            yield system
        finally:
            system.disconnect()
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
