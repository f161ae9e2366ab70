"""One system for all journeys of this directory; after each of them everything is restarted and consistency is
checked."""

from collections.abc import Iterator

import pytest

from tests.journeys.processes.buyer import EXTERNAL, Buyer
from tests.journeys.processes.consistency import agree
from tests.system import System, whole_system


@pytest.fixture(scope="package")
def running() -> Iterator[System]:
    """Web, worker, beat, Postgres, Valkey and PortOne, each a process."""
    with whole_system(**EXTERNAL) as system:
        yield system


@pytest.fixture
def system(running: System) -> Iterator[System]:
    """The system, whole at the beginning of every test. Its log appears beside a failure."""
    place = running.end_of_log()
    try:
        yield running
        running.heal()
        agree(running)
    finally:
        print(running.said_since(place))


@pytest.fixture
def generation(request: pytest.FixtureRequest) -> str:
    """Which of PortOne's APIs the buyer pays through: V1, unless a journey is parametrised with others."""
    return str(getattr(request, "param", "v1"))


@pytest.fixture
def buyer(system: System, generation: str) -> Buyer:
    """A new buyer."""
    return Buyer(system.url, system.portone, generation=generation)
