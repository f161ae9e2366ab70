"""Apps with other settings, over the same tables."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pitturu import create_app
from pitturu.extensions import db
from pitturu.settings import Settings
from tests.pretend import PortOne
from tests.shop import Shop


@pytest.fixture
def shop_with(app: Flask, settings: Settings, portone: PortOne) -> Iterator[Callable[..., Shop]]:
    """Make another app, with these settings changed, and a shop around it."""
    made: list[Flask] = []

    def make(**changes: Any) -> Shop:
        made.append(create_app(replace(settings, **changes)))
        return Shop(made[-1], portone)

    yield make
    for other in made:
        other.extensions["pitturu.stopping"].set()
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that the app sends to the database from now on."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
