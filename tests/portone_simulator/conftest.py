"""One simulator for all its tests, as new for each."""

from collections.abc import Iterator

import pytest

from portone_simulator import Running, Simulator
from tests.portone_simulator.clients import Desk, Shop, open_shop


@pytest.fixture(scope="package")
def running() -> Iterator[Running]:
    with Simulator().serve() as simulator:
        yield simulator


@pytest.fixture
def desk(running: Running) -> Desk:
    running.wipe()
    return Desk(running)


@pytest.fixture
def shop(desk: Desk) -> Iterator[Shop]:
    """A shop whose address is PortOne's webhook address."""
    with open_shop() as listening:
        desk.settings(webhook_url=listening.url)
        yield listening
        desk.running.wait_for_webhooks()
