"""Apps with other settings over the same tables, and a count of what an app asks the database. A pytest plugin."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from tests import documented
from tests.fake_portone import PortOne
from tests.shop import Shop


@pytest.fixture
def app_with(app: Flask, settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make another app, with these settings changed."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(documented.watched(create_app(replace(settings, **changes))))
        return made[-1]

    yield make
    for other in made:
        services_of(other).stopping.set()
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def shop_with(app_with: Callable[..., Flask], portone: PortOne) -> Callable[..., Shop]:
    """Make another app, with these settings changed, and a shop around it."""
    return lambda **changes: Shop(app_with(**changes), portone)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Records every statement that the app sends to the database from now on."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engines = db.engine, services_of(app).autocommit
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
