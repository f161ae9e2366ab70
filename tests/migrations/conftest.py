"""A database that no migration has seen yet."""

from collections.abc import Iterator

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.extensions import db
from tests.servers import fresh_database
from tests.values import settings_for


@pytest.fixture
def fresh() -> Iterator[Flask]:
    """An app on a database without any table."""
    with fresh_database() as url:
        app = create_app(settings_for(database_url=url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
