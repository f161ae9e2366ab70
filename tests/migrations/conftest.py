"""A database that no migration has seen yet, and one that has seen all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.extensions import db
from tests.migrated import template
from tests.servers import fresh_database
from tests.values import settings_for


@pytest.fixture
def fresh() -> Iterator[Flask]:
    """An app on a database without any table."""
    with fresh_database() as url, _app_on(url) as app:
        yield app


@pytest.fixture
def migrated() -> Iterator[Flask]:
    """An app on a database with all tables."""
    with fresh_database(template()) as url, _app_on(url) as app:
        yield app


@contextmanager
def _app_on(url: str) -> Iterator[Flask]:
    app = create_app(settings_for(database_url=url), background=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
