"""One simulator for all its tests, as new for each."""

from collections.abc import Iterator

import pytest

from portone_simulator import Running, Simulator
from tests.portone_simulator.clients import Shop, SimulatorClient, open_shop


@pytest.fixture(scope="package")
def running() -> Iterator[Running]:
    with Simulator().serve() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Running) -> SimulatorClient:
    running.wipe()
    return SimulatorClient(running)


@pytest.fixture
def shop(simulator: SimulatorClient) -> Iterator[Shop]:
    """A shop whose address is PortOne's webhook address."""
    with open_shop() as listening:
        simulator.settings(webhook_url=listening.url)
        yield listening
        simulator.running.wait_for_webhooks()
