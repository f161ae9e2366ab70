"""Scenarios of a shop, from opening a session to consistent records."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.fake_portone import PortOne
from tests.journeys import carts
from tests.outbound.notices import Recipients, recipients
from tests.shop import Shop


@pytest.fixture(params=["v1", "v2"])
def generation(request: pytest.FixtureRequest) -> str:
    """Which of PortOne's APIs the sessions of a journey are paid through."""
    return str(request.param)


@pytest.fixture
def shop(shop: Shop, generation: str) -> Iterator[Shop]:
    """The shop; every journey ends with records that agree with PortOne's, and with an audit without findings."""
    shop.generation = generation
    # The app is lent to one test after the other.
    shop.engine.context.batch_pauses.clear()
    yield shop
    shop.engine.context.batch_pauses.clear()
    shop.balance()


@pytest.fixture
def items(shop: Shop) -> dict[str, str]:
    """What carts are filled with, by name: the ids of the items."""
    return carts.stocked(shop)


@pytest.fixture
def shop_with(app_with: Callable[..., Flask], portone: PortOne, generation: str) -> Callable[..., Shop]:
    """The same database with other settings: `shop_with(late_payment="refund")`. Each call gives another app."""
    return lambda **changes: Shop(app_with(**changes), portone, generation)


@pytest.fixture
def mailboxes() -> Iterator[Recipients]:
    """Where notices to buyers arrive."""
    with recipients() as both:
        yield both
