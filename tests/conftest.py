"""Fixtures: a migrated database, a Redis, a PortOne simulator over HTTP, and the app that uses them."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask

from pitturu import create_app
from pitturu.api import passwords, rate_counter
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store.unit_of_work import UnitOfWork
from tests import documented
from tests.fake_portone import PortOne, pretend_portone
from tests.shop import Shop
from tests.tables import Tables
from tests.values import INICIS_KEY, KEY, SECRET, V2_SECRET, V2_STORE, V2_WEBHOOK_SECRET, settings_for

pytest_plugins = [
    "tests.garbage",
    "tests.collection_clock",
    "tests.servers",
    "tests.migrated",
    "tests.grouping",
    "tests.variants",
]

hypothesis.settings.register_profile(
    "no deadline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no deadline")
"""Without a deadline, an example that takes longer than 200 ms on a slow machine does not fail."""


@pytest.fixture(scope="session")
def portone() -> Iterator[PortOne]:
    """A PortOne simulator on a free local port."""
    keys = {"imp_key": KEY, "imp_secret": SECRET, "v2_api_secret": V2_SECRET, "v2_store_id": V2_STORE}
    with pretend_portone(**keys, inicis_api_key=INICIS_KEY, v2_webhook_secrets=V2_WEBHOOK_SECRET).serve() as running:
        yield PortOne(running)


@pytest.fixture(scope="session")
def settings(postgres_url: str, redis_url: str, portone: PortOne) -> Settings:
    """The settings of this test process; a test that needs others makes its own app with `replace(settings, ...)`."""
    return settings_for(
        database_url=postgres_url,
        redis_url=redis_url,
        portone_base_url=portone.url,
        portone_v2_base_url=portone.v2_url,
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashing() -> Iterator[None]:
    """Hash passwords with minimal memory and time, because many tests log in."""
    original = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.HASHER = original


@pytest.fixture(scope="session", autouse=True)
def slow_redis_is_waited_for() -> None:
    """Wait longer for Redis: on a busy machine a timeout would switch to counting in the process."""
    rate_counter.QUICKLY = 10  # type: ignore[misc]


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> Flask:
    """One app for all tests of this process, because making it takes longer than most tests."""
    return documented.watched(create_app(settings))


@pytest.fixture(scope="session")
def tables_of_this_process(postgres_url: str) -> Iterator[Tables]:
    """All tables of the database of this process."""
    tables = Tables(postgres_url)
    yield tables
    tables.disconnect()


@pytest.fixture
def app(shared_app: Flask, portone: PortOne, tables_of_this_process: Tables) -> Iterator[Flask]:
    """The app with empty tables, an empty Redis and an empty PortOne simulator. The OpenAPI document has to name each
    error that it answers with."""
    tables_of_this_process.empty()
    services_of(shared_app).redis.flushdb()
    portone.wipe()
    documented.UNDOCUMENTED.clear()
    yield shared_app
    clock.use(None)
    assert not documented.UNDOCUMENTED, "add `refuses` to the views that answered so"


@pytest.fixture
def tables(app: Flask) -> Iterator[None]:
    """An app context with empty tables; uncommitted changes of the test are rolled back."""
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def work(tables: None) -> UnitOfWork:
    """A unit of work; it is committed only if the test does so."""
    return UnitOfWork()


@pytest.fixture
def shop(app: Flask, portone: PortOne) -> Shop:
    """A shop with one buyer logged in, and methods for all parties of a purchase."""
    return Shop(app, portone)


@pytest.fixture
def turn(portone: PortOne) -> Callable[[timedelta], None]:
    """Advance both clocks, ours and PortOne's."""
    elapsed = timedelta()

    def forward(by: timedelta) -> None:
        nonlocal elapsed
        elapsed += by
        clock.use(lambda: datetime.now(UTC) + elapsed)
        portone.control("POST", "clock", {"advance": int(by.total_seconds())})

    return forward


@pytest.fixture(scope="session")
def example_count() -> Callable[[int], int]:
    """The number of examples of a long property test: the number given, times TEST_EFFORT (1 unless set)."""
    effort = float(os.environ.get("TEST_EFFORT", "1"))
    return lambda count: max(1, round(count * effort))
