"""What the drill runs: everything that `make run` runs, with data of its own, and a Prometheus that scrapes it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import requests

from devstack import Postgres, StartError
from devstack.console import Console
from devstack.environment import LOOPBACK, read
from devstack.plan import programs, servers
from devstack.ports import free_port
from devstack.program import Program
from devstack.supervisor import Child
from scripts.monitoring_drill import quick_rules

CHECKOUT: Final = Path(__file__).resolve().parents[2]
TOKEN: Final = "drill-token-with-thirty-two-characters"  # noqa: S105 -- of this run only.
INHERITED: Final = ("HOME", "LANG", "PATH", "TMPDIR")
UNNAMED: Final = ("alertname", "severity", "instance")
ROOMY: Final = dict.fromkeys(
    ("RATE_LOGIN", "RATE_ACCOUNT", "RATE_SESSION", "RATE_WEBHOOK", "RATE_USER"), "1000000/minute"
)
ADVICE: Final = (
    "prometheus is not installed. On Debian or Ubuntu: apt-get install prometheus, then systemctl disable --now "
    "prometheus. Elsewhere: prometheus.io/download."
)


class Watched:
    """The running system and its Prometheus. `log` is the output of all processes."""

    def __init__(self, home: Path, postgres: Postgres) -> None:
        program = shutil.which("prometheus")
        if program is None:
            raise StartError(ADVICE)
        self.log = home / "log"
        console = Console(self.log.open("w"))
        given = {name: os.environ[name] for name in INHERITED if name in os.environ} | ROOMY
        given |= {"PITTURU_HOME": str(home), "DATABASE_URL": postgres.url, "METRICS_TOKEN": TOKEN}
        given |= {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port()), "LOG_LEVEL": "WARNING"}
        environment = read(given, home)
        self.shop, self.simulator = environment.web, environment.environ["PORTONE_BASE_URL"]
        targets = {f"pitturu-{name}": f"{LOOPBACK}:{port}" for name, port in environment.metrics_ports.items()}
        targets["pitturu-web"] = urlsplit(self.shop).netloc
        rules = quick_rules.write(CHECKOUT / "deploy" / "prometheus", home, targets, TOKEN)
        address = f"{LOOPBACK}:{free_port()}"
        self._prometheus = f"http://{address}"
        command = [program, f"--config.file={rules}", f"--storage.tsdb.path={home / 'tsdb'}"]
        command += [f"--web.listen-address={address}", "--log.level=warn"]
        self.children: list[Child] = [
            *servers(environment),
            *programs(environment, CHECKOUT, console),
            Program("prometheus", command, environment.environ, home, console),
        ]

    def ready(self) -> bool:
        """Whether everything works, Prometheus has scraped every process, and alerts from the start have ended."""
        try:
            if requests.get(f"{self.shop}/readyz", timeout=5).status_code != 200:
                return False
            found = requests.get(f"{self._prometheus}/api/v1/targets", timeout=5).json()["data"]["activeTargets"]
        except requests.RequestException:
            return False
        return len(found) == 3 and all(target["health"] == "up" for target in found) and not self.firing()

    def faults(self, *faults: dict[str, object]) -> None:
        """PortOne has these faults from now on, and no others."""
        requests.put(f"{self.simulator}/_sim/faults", json={"faults": faults}, timeout=10).raise_for_status()

    def kill_worker(self) -> None:
        """SIGKILL, and nobody starts it again."""
        self._worker().kill()

    def start_worker(self) -> None:
        """Start the worker that was killed."""
        self._worker().start()

    def _worker(self) -> Child:
        return next(child for child in self.children if child.name == "worker")

    def firing(self) -> set[str]:
        """The alerts that fire now, each with the labels that say of what; addresses differ from run to run."""
        answer = requests.get(f"{self._prometheus}/api/v1/alerts", timeout=10)
        answer.raise_for_status()
        return {_named(one["labels"]) for one in answer.json()["data"]["alerts"] if one["state"] == "firing"}


@contextmanager
def watched() -> Iterator[Watched]:
    """The system in temporary directories, killed at the end. Raises StartError."""
    with TemporaryDirectory(prefix="pitturu-drill-") as home, TemporaryDirectory(prefix="pitturu-drill-") as data:
        # A separate directory for Postgres: its owner may be another account.
        postgres = Postgres(data, durable=False)
        children: list[Child] = [postgres]
        try:
            postgres.start()
            system = Watched(Path(home), postgres)
            for child in system.children:
                children.append(child)
                child.start()
            yield system
        finally:
            for child in reversed(children):
                child.kill()


def _named(labels: dict[str, str]) -> str:
    of = [value for name, value in sorted(labels.items()) if name not in UNNAMED]
    return " ".join([labels["alertname"], *of])
