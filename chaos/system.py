"""The system under test: servers, the simulator, and the given numbers of webs, workers and beats.

Each is a process with the command of the Procfile, so that the processes killed here are those of hosting platforms.
With a planted bug the same commands run the application through `chaos.planted`.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
import psycopg
import redis
import requests

from chaos import accounts, catalogue
from chaos.event_endpoint import ReceiverFiles
from chaos.pace import Pace
from devstack import Postgres, StartError, Valkey
from devstack.console import Console
from devstack.environment import LOOPBACK, ProcessEnvironment, read
from devstack.plan import WEBHOOK, procfile, servers
from devstack.ports import free_port
from devstack.program import Program, Step
from devstack.supervisor import Child

CHECKOUT: Final = Path(__file__).resolve().parents[1]
INHERITED: Final = ("HOME", "LANG", "PATH", "TMPDIR")
ROOMY: Final = dict.fromkeys(
    ("RATE_LOGIN", "RATE_ACCOUNT", "RATE_SESSION", "RATE_WEBHOOK", "RATE_USER"), "1000000/minute"
)
SIZES: Final = {
    "WEB_CONCURRENCY": "2",
    "WORKER_CONCURRENCY": "8",
    "DATABASE_POOL": "10",
    "PORTONE_CONCURRENCY": "50",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True)
class Size:
    """The number of processes of each kind."""

    webs: int = 1
    workers: int = 1
    beats: int = 1


class Process(Program):
    """A child process with access to its operating system process."""

    def processes(self) -> list[psutil.Process]:
        """The children of its main process: gunicorn's workers."""
        if self._process is None or self._process.poll() is not None:
            return []
        return psutil.Process(self._process.pid).children()

    @property
    def pid(self) -> int:
        """The number of its main process; 0 before it was started."""
        return self._process.pid if self._process else 0

    def send(self, number: int) -> None:
        """Send a signal to its main process."""
        if self._process is not None:
            self._process.send_signal(number)


class System:
    """Child processes by name; `kinds` says which of them are webs, workers and beats."""

    def __init__(self, home: Path, postgres: Postgres, valkey: Valkey, pace: Pace, size: Size, plant: str = "") -> None:
        self.postgres, self.valkey = postgres, valkey
        self.log = (home / "log").open("w")
        self._console = Console(self.log)
        self._commands = {name: _planted(line, plant) for name, line in procfile(CHECKOUT / "Procfile").items()}
        given = {name: os.environ[name] for name in INHERITED if name in os.environ} | ROOMY | SIZES | pace.environ()
        given |= accounts.ENVIRON
        given |= {"PITTURU_HOME": str(home), "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        given |= {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port()), "CHAOS_PLANT": plant}
        self.environment = read(given, home)
        servers(self.environment)
        address = f"http://{LOOPBACK}:{free_port()}"
        self.receiver = ReceiverFiles(address, home / "receiver.secret", home / "receiver.jsonl")
        self.webs = [self.environment, *(_moved(self.environment) for _ in range(size.webs - 1))]
        self.children: dict[str, Child] = {"postgres": postgres, "valkey": valkey} | self._programs(size)

    @property
    def simulator(self) -> str:
        """The address of the simulator."""
        return self.environment.environ["PORTONE_BASE_URL"]

    @property
    def database(self) -> str:
        """The database URL for psycopg."""
        return self.environment.environ["DATABASE_URL"]

    def begin(self, purchases: int) -> dict[str, catalogue.SoldItem]:
        """Start everything on an empty database, with the items of the plan, one of which sells out."""
        self.children["simulator"].start()
        self._step("release").start()
        items = catalogue.put_on_sale(self.database, purchases)
        for name, child in self.children.items():
            if name not in ("postgres", "valkey", "simulator"):
                child.start()
        return items

    def promote(self, username: str) -> None:
        """Make this user an operator."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("UPDATE users SET role = 'admin' WHERE username = %s", (username,))

    def named(self, kind: str) -> list[str]:
        """The children of this kind: `web` has web, web2, web3."""
        return [name for name in self.children if name.rstrip("0123456789") == kind]

    def answers(self) -> bool:
        """Whether the simulator, the receiver of events and every web answer their liveness probes."""
        places = [f"{self.simulator}/_sim/healthz", self.receiver.address, *(f"{web.web}/healthz" for web in self.webs)]
        try:
            return all(requests.get(place, timeout=5).status_code == 200 for place in places)
        except requests.RequestException:
            return False

    def last_lines(self, count: int = 30) -> str:
        """The end of the output of all processes."""
        self.log.flush()
        return "\n".join(Path(self.log.name).read_text(errors="replace").splitlines()[-count:])

    def empty_queue(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.valkey.url, socket_timeout=5) as memory:
            memory.flushall()

    def forget_queue(self) -> None:
        """Delete the data of a killed Valkey, so that it restarts empty."""
        for path in self.valkey.directory.glob("appendonly*"):
            shutil.rmtree(path, ignore_errors=True)

    def _programs(self, size: Size) -> dict[str, Child]:
        where = ["--port", str(self.environment.simulator_port), "--webhook-url", self.environment.web + WEBHOOK]
        simulator = [sys.executable, "-m", "portone_simulator", *where]
        children: dict[str, Child] = {
            "simulator": Process("simulator", simulator, self.environment.environ, CHECKOUT, self._console)
        }
        children["receiver"] = Process("receiver", self._receiving(), self.environment.environ, CHECKOUT, self._console)
        for number in range(size.workers):
            children[_name("worker", number)] = self._program("worker", _name("worker", number), self.environment)
        for number in range(size.beats):
            own = {"BEAT_SCHEDULE": str(self.environment.home / f"schedule-{number}")}
            beat = replace(self.environment, environ=self.environment.environ | own)
            children[_name("beat", number)] = self._program("beat", _name("beat", number), beat)
        for number, web in enumerate(self.webs):
            children[_name("web", number)] = self._program("web", _name("web", number), web)
        return children

    def _receiving(self) -> list[str]:
        files = self.receiver
        places = ["--secret", str(files.secret), "--book", str(files.book)]
        return [sys.executable, "-m", "chaos.receiver", "--port", files.address.rpartition(":")[2], *places]

    def _program(self, kind: str, name: str, environment: ProcessEnvironment) -> Process:
        return Process(name, ["sh", "-c", f"exec {self._commands[kind]}"], environment.environ, CHECKOUT, self._console)

    def command(self, name: str, words: list[str]) -> Process:
        """A command in the system's environment, not yet started."""
        return Process(name, words, self.environment.environ, CHECKOUT, self._console)

    def _step(self, kind: str) -> Step:
        command = procfile(CHECKOUT / "Procfile")[kind]
        return Step(kind, ["sh", "-c", f"exec {command}"], self.environment.environ, CHECKOUT, self._console)


@contextmanager
def whole_system(pace: Pace, size: Size, *, plant: str = "", durable: bool = True) -> Iterator[System]:
    """A system with a temporary directory; all of it is removed at the end, also after a failure."""
    with TemporaryDirectory(prefix="pitturu-chaos-") as home, TemporaryDirectory(prefix="pitturu-chaos-") as books:
        # A separate directory for Postgres: its owner may be another account, which cannot access the other files.
        postgres, valkey = Postgres(books, durable=durable), Valkey(Path(home) / "valkey")
        children: list[Any] = [postgres, valkey]
        try:
            for child in children:
                child.start()
            system = System(Path(home), postgres, valkey, pace, size, plant)
            children += list(system.children.values())[2:]
            yield system
        finally:
            for child in reversed(children):
                child.kill()


def _planted(command: str, plant: str) -> str:
    if not plant:
        return command
    return command.replace("wsgi:app", "chaos.planted:app").replace("celery_worker.celery", "chaos.planted.celery")


def _moved(environment: ProcessEnvironment) -> ProcessEnvironment:
    """The environment of a further web, with a port of its own, to which PortOne sends the webhooks of its sessions."""
    port = free_port()
    web = replace(environment, port=port, environ={**environment.environ, "PORT": str(port)})
    web.environ["PUBLIC_URL"] = web.web
    return web


def _name(kind: str, number: int) -> str:
    return kind if number == 0 else f"{kind}{number + 1}"


__all__ = ["Size", "StartError", "System", "whole_system"]
