"""Scenarios of a shop, from opening a session to consistent records."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from pitturu import create_app
from pitturu.config.settings import Settings
from pitturu.extensions import db
from tests.fake_portone import PortOne
from tests.shop import Shop


@pytest.fixture(params=["v1", "v2"])
def generation(request: pytest.FixtureRequest) -> str:
    """Which of PortOne's APIs the sessions of a journey are paid through."""
    return str(request.param)


@pytest.fixture
def shop(shop: Shop, generation: str) -> Iterator[Shop]:
    """The shop; every journey ends with records that agree with PortOne's, and with an audit without findings."""
    shop.generation = generation
    yield shop
    shop.balance()


@pytest.fixture
def shop_with(app: Flask, settings: Settings, portone: PortOne, generation: str) -> Iterator[Callable[..., Shop]]:
    """The same database with other settings: `shop_with(late_payment="refund")`."""
    opened: list[Shop] = []

    def make(**changes: object) -> Shop:
        opened.append(Shop(create_app(replace(settings, **changes)), portone, generation))
        return opened[-1]

    yield make
    for one in opened:
        one.engine.threads.shutdown()
        with one.app.app_context():
            db.engine.dispose()
