"""A Redis that tests may stop, and an app that uses it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from celery import Celery
from flask import Flask
from redis import Redis

from devstack import Valkey
from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from tests.servers import private_valkey


@pytest.fixture(scope="package")
def valkey() -> Iterator[Valkey]:
    """A Redis for the tests of this folder only."""
    with private_valkey() as running:
        yield running


@pytest.fixture(scope="package")
def own_app(settings: Settings, valkey: Valkey) -> Iterator[Flask]:
    """An app that uses that Redis."""
    app = create_app(replace(settings, redis_url=valkey.url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def worker_app(app: Flask, own_app: Flask, valkey: Valkey) -> Flask:
    """The app with empty tables and a running, empty Redis."""
    valkey.start()
    services_of(own_app).redis.flushdb()
    return own_app


@pytest.fixture
def celery(worker_app: Flask) -> Celery:
    """The app's Celery."""
    return worker_app.extensions["celery"]


@pytest.fixture
def redis(worker_app: Flask) -> Redis:
    """The app's Redis client."""
    return services_of(worker_app).redis
