"""A whole shop for tests: a migrated database, a Redis, a PortOne over real HTTP, and the app between them."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade

from pitturu import create_app
from pitturu.api import passwords, rate_counter
from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store.unit_of_work import UnitOfWork
from tests.fake_portone import PortOne, pretend_portone
from tests.shop import Shop
from tests.values import INICIS_KEY, KEY, SECRET, V2_SECRET, V2_STORE, V2_WEBHOOK_SECRET, settings_for

pytest_plugins = ["tests.garbage", "tests.collection_clock", "tests.servers", "tests.grouping", "tests.variants"]

hypothesis.settings.register_profile(
    "no deadline", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no deadline")
"""An example that takes a slow machine longer than 200 ms is no failure."""


@pytest.fixture(scope="session")
def portone() -> Iterator[PortOne]:
    """A PortOne that keeps state, on a free port of this machine."""
    keys = {"imp_key": KEY, "imp_secret": SECRET, "v2_api_secret": V2_SECRET, "v2_store_id": V2_STORE}
    with pretend_portone(**keys, inicis_api_key=INICIS_KEY, v2_webhook_secrets=V2_WEBHOOK_SECRET).serve() as running:
        yield PortOne(running)


@pytest.fixture(scope="session")
def database(postgres_url: str) -> str:
    """A database with the schema of the migrations."""
    app = create_app(settings_for(database_url=postgres_url))
    with app.app_context():
        upgrade()
    return postgres_url


@pytest.fixture(scope="session")
def settings(database: str, redis_url: str, portone: PortOne) -> Settings:
    """This test process's settings; a test that needs others makes its own app from `replace(settings, ...)`."""
    return settings_for(
        database_url=database,
        redis_url=redis_url,
        portone_base_url=portone.url,
        portone_v2_base_url=portone.v2_url,
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashing() -> Iterator[None]:
    """Passwords are hashed as ever, with the least memory and time: a thousand tests log somebody in."""
    usual = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.HASHER = usual


@pytest.fixture(scope="session", autouse=True)
def slow_redis_is_waited_for() -> None:
    """On a busy machine Redis may take longer for an answer than a web waits, and rates would be counted alone."""
    rate_counter.QUICKLY = 10  # type: ignore[misc]


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> Flask:
    """One app for all tests of this process: making it costs more than most tests."""
    return create_app(settings)


@pytest.fixture
def app(shared_app: Flask, portone: PortOne) -> Iterator[Flask]:
    """The app over empty tables, an empty Redis and a PortOne that remembers nothing."""
    empty(shared_app)
    portone.wipe()
    yield shared_app
    clock.use(None)


@pytest.fixture
def tables(app: Flask) -> Iterator[None]:
    """The store, inside one app context; what a test leaves open is rolled back."""
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def work(tables: None) -> UnitOfWork:
    """A unit of work that has begun; it is committed only if the test does it."""
    return UnitOfWork()


@pytest.fixture
def shop(app: Flask, portone: PortOne) -> Shop:
    """A shop with one buyer logged in, and the means to play everybody's part."""
    return Shop(app, portone)


@pytest.fixture
def turn(portone: PortOne) -> Callable[[timedelta], None]:
    """Turn every clock forward: ours and PortOne's."""
    gone = timedelta()

    def forward(by: timedelta) -> None:
        nonlocal gone
        gone += by
        clock.use(lambda: datetime.now(UTC) + gone)
        portone.control("POST", "clock", {"advance": int(by.total_seconds())})

    return forward


def empty(app: Flask) -> None:
    """Forget everything in this app's database and Redis. TRUNCATE would take a hundred times as long."""
    timeline = "ALTER TABLE payment_events {} TRIGGER append_only"
    tables = [f"DELETE FROM {table.name}" for table in reversed(db.metadata.sorted_tables)]
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("; ".join([timeline.format("DISABLE"), *tables, timeline.format("ENABLE")]))
    services_of(app).redis.flushdb()


@pytest.fixture(scope="session")
def example_count() -> Callable[[int], int]:
    """How many examples a long property tries: the number given, times TEST_EFFORT (1 unless set)."""
    effort = float(os.environ.get("TEST_EFFORT", "1"))
    return lambda usual: max(1, round(usual * effort))
