"""Stock that is reserved by the statement that inserts: what others change meanwhile is counted, all or nothing."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.store.items import Item
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhook_outcomes import WebhookOutcome
from tests.store import rows

WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


class TooFew(Exception):
    """The items of which fewer pieces are in stock."""


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[Flask]:
    """Inside an app context."""
    with app.app_context():
        yield app


def order(wanted: dict[UUID, int]) -> Collection[UUID]:
    """Insert a row for these pieces; the items of which there are too few."""
    try:
        with unit_of_work() as work:
            work.insert(WebhookOutcome, generation="v1", event_status="paid", outcome="done", received_at=clock.now())
            work.reserve_stock(wanted, TooFew)
    except TooFew as error:
        return set(error.args[0])
    return set()


def stored(*items: Item) -> tuple[list[int | None], int]:
    """The stock of the items, and how many rows were inserted."""
    db.session.rollback()
    stocks = {row.id: row.stock for row in db.session.execute(select(Item.id, Item.stock))}
    found = [stocks[item.id] for item in items]
    return found, db.session.scalars(select(func.count()).select_from(WebhookOutcome)).one()


def two_items() -> tuple[Item, Item]:
    both = rows.item(stock=3), rows.item(stock=3)
    db.session.commit()
    return both


def test_all_pieces_are_reserved_or_none() -> None:
    one, other = two_items()
    assert order({one.id: 3, other.id: 1}) == set()
    assert order({other.id: 1, one.id: 1}) == {one.id}
    assert order({one.id: 1, other.id: 3}) == {one.id, other.id}
    assert stored(one, other) == ([0, 2], 1)


def test_nothing_is_reserved_of_unlimited_stock() -> None:
    limited = rows.item(stock=3)
    unlimited = rows.item(stock=None)
    db.session.commit()
    assert order({limited.id: 1, unlimited.id: 1}) == {unlimited.id}
    assert stored(limited, unlimited) == ([3, None], 0)


def test_pieces_of_one_item_are_reserved_or_none() -> None:
    one, unlimited = two_items()
    assert order({one.id: 2}) == set()
    assert order({one.id: 2}) == {one.id}
    unlimited.stock = None
    db.session.commit()
    assert order({unlimited.id: 1}) == {unlimited.id}
    assert stored(one, unlimited) == ([1, None], 1)


@pytest.mark.parametrize(("sold", "left", "inserted"), [(1, [0, 2], 1), (2, [1, 3], 0)])
def test_what_others_sell_while_it_waits_is_not_sold_twice(
    app: Flask, sold: int, left: list[int], inserted: int
) -> None:
    one, other = two_items()

    def buy() -> Collection[UUID]:
        with app.app_context():
            return order({one.id: 2, other.id: 1})

    with ThreadPoolExecutor(1) as buyers, db.engine.begin() as seller, db.engine.connect() as observer:
        seller.execute(text("UPDATE items SET stock = stock - :sold WHERE id = :id"), {"sold": sold, "id": one.id})
        short = buyers.submit(buy)
        while not observer.scalar(WAITS):
            observer.rollback()
        seller.commit()
        assert short.result() == (set() if inserted else {one.id})
    assert stored(one, other) == (left, inserted)
