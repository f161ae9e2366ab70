"""The simulator as a process: ready line, restart, kill -9, SIGTERM, a taken port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portone_simulator import Simulator
from portone_simulator.__main__ import options
from tests.portone_simulator.clients import SimulatorClient


class Process:
    """A child process; quacks like `Running` as far as a `SimulatorClient` cares."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "portone_simulator", "--port", str(self.port), "--data", str(data)]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.child.stdout is not None
        self.ready = self.child.stdout.readline()
        self.url = f"http://127.0.0.1:{self.port}"

    def end(self, number: signal.Signals) -> int:
        self.child.send_signal(number)
        return self.child.wait(20)


@contextmanager
def process(data: Path) -> Iterator[tuple[Process, SimulatorClient]]:
    started = Process(data)
    try:
        yield started, SimulatorClient(started)  # type: ignore[arg-type]
    finally:
        started.child.kill()
        started.child.communicate()


def test_an_executed_cancel_survives_kill_9(tmp_path: Path) -> None:
    with process(tmp_path / "sim.db") as (first, simulator):
        imp_uid = simulator.paid(merchant_uid="주문", amount=1000)
        simulator.call("POST", "/payments/prepare", json={"merchant_uid": "later", "amount": 5})
        simulator.control("POST", "/clock", {"advance": 7200})
        simulator.cancel(imp_uid=imp_uid, amount=400)
        before = simulator.get(f"/payments/{imp_uid}")
        first.end(signal.SIGKILL)

    with process(tmp_path / "sim.db") as (_, simulator):
        assert simulator.get(f"/payments/{imp_uid}") == before
        assert simulator.get("/payments/findAll/주문")["total"] == 1
        assert simulator.get("/payments/prepare/later")["amount"] == 5
        assert simulator.control("GET", "/clock")["offset"] == 7200
        assert simulator.opened() > imp_uid


def test_it_reports_readiness_and_stops_on_a_signal(tmp_path: Path) -> None:
    with process(tmp_path / "sim.db") as (child, _):
        assert child.url in child.ready
        assert child.end(signal.SIGTERM) == 0


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        environ = os.environ | {"SIMULATOR_PORT": str(squatter.getsockname()[1])}
        ended = subprocess.run(
            [sys.executable, "-m", "portone_simulator"], env=environ, capture_output=True, text=True, timeout=60
        )

    assert ended.returncode != 0
    assert len(ended.stderr.splitlines()) == 1
    assert environ["SIMULATOR_PORT"] in ended.stderr


def test_the_environment_is_the_default_of_the_command_line() -> None:
    environ = {"SIMULATOR_PORT": "9191", "PORTONE_API_KEY": "from-env", "SIMULATOR_DATA": "sim.db"}
    wanted = options(["--imp-key", "from-line"], environ | {"PORTONE_INICIS_API_KEY": "of-inicis"})

    assert (wanted.port, wanted.imp_key, wanted.data) == (9191, "from-line", Path("sim.db"))
    assert wanted.inicis_api_key == "of-inicis"


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options([f"--port={port}"], {})

    assert "--port" in capsys.readouterr().err


def test_closing_twice_does_no_harm() -> None:
    with Simulator().serve() as running:
        running.close()


def test_a_restart_in_process_forgets_tokens_but_no_payment(tmp_path: Path) -> None:
    with Simulator(data=tmp_path / "sim.db").serve() as running:
        simulator = SimulatorClient(running)
        imp_uid, token = simulator.paid(buyer_name="김하나"), simulator.token()
    with Simulator(data=tmp_path / "sim.db").serve() as running:
        simulator = SimulatorClient(running)

        assert simulator.get(f"/payments/{imp_uid}")["buyer_name"] == "김하나"
        assert simulator.token() != token


def test_a_taken_port_in_process() -> None:
    with Simulator().serve() as running, pytest.raises(OSError, match="in use"):
        Simulator().serve(port=running.port)
