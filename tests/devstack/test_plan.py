"""What `make run` starts is what the Procfile says."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from devstack.console import Console
from devstack.environment import ProcessEnvironment, read
from devstack.errors import StartError
from devstack.plan import announcement, procfile, programs, refuse_taken_ports, servers
from devstack.ports import free_port
from tests.devstack.supervised import ROOT


@pytest.fixture
def environment(tmp_path: Path) -> ProcessEnvironment:
    environment = read({"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}, tmp_path)
    environment.home.mkdir()
    return environment


def test_our_procfile_has_what_hosting_platforms_start() -> None:
    assert set(procfile(ROOT / "Procfile")) == {"release", "web", "worker", "beat"}


def test_everything_starts_in_an_order_whose_reverse_drains(environment: ProcessEnvironment) -> None:
    children = [*servers(environment), *programs(environment, ROOT, Console())]

    names = ["Postgres", "Valkey", "simulator", "release", "seed", "worker", "beat", "web"]
    assert [child.name for child in children] == names
    assert environment.environ["DATABASE_URL"].startswith("postgresql://postgres:")
    assert environment.environ["REDIS_URL"].startswith("redis://:")
    assert len(environment.environ["SECRET_KEY"]) > 32


def test_servers_that_are_there_are_not_started_again(
    environment: ProcessEnvironment, postgres_url: str, redis_url: str
) -> None:
    environment.environ.update(DATABASE_URL=postgres_url, REDIS_URL=redis_url)

    assert servers(environment) == []


def test_another_portone_needs_no_simulator(environment: ProcessEnvironment) -> None:
    children = programs(replace(environment, simulated=False), ROOT, Console())

    assert "simulator" not in [child.name for child in children]


@pytest.mark.parametrize("variable", ["PORT", "SIMULATOR_PORT"])
def test_a_taken_port_is_named_with_a_way_out(environment: ProcessEnvironment, variable: str) -> None:
    advice = pytest.raises(StartError, match=rf"is taken\. .*{variable}=\d+ make run")

    with socket.create_server(("127.0.0.1", int(environment.environ[variable]))), advice:
        refuse_taken_ports(environment, timeout=0)


def test_the_announcement_names_every_address(environment: ProcessEnvironment) -> None:
    text = announcement(environment)

    metrics = [f":{port}/metrics" for port in (environment.port, *environment.metrics_ports.values())]
    assert len(set(metrics)) == 3
    for address in (environment.web, environment.environ["PORTONE_BASE_URL"], str(environment.home), *metrics):
        assert address in text
