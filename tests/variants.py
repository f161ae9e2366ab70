"""Apps with other settings over the same tables, and a count of what an app asks the database. A pytest plugin."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pitturu.config.settings import Settings
from pitturu.extensions import db
from pitturu.services import services_of
from tests.fake_portone import PortOne
from tests.lent_apps import LentApps
from tests.shop import Shop


@pytest.fixture(scope="session")
def lent_apps(settings: Settings) -> Iterator[LentApps]:
    """The apps of this process with other settings, for one test after the other."""
    lent_apps = LentApps(settings)
    yield lent_apps
    lent_apps.close()


@pytest.fixture
def app_with(app: Flask, settings: Settings, lent_apps: LentApps) -> Iterator[Callable[..., Flask]]:
    """Another app over the same tables, with these settings changed. Each call gives another one."""
    with lent_apps.lent() as lend:
        yield lambda **changes: lend(replace(settings, **changes))


@pytest.fixture
def shop_with(app_with: Callable[..., Flask], portone: PortOne) -> Callable[..., Shop]:
    """Another app, with these settings changed, and a shop around it."""
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
