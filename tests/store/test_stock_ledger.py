"""The ledger of stock: its lines cannot be changed, and what it lacks is computed with what open sessions hold."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from pitturu.domain.catalogue import StockLineKind
from pitturu.extensions import db
from pitturu.store import items, stock_ledger, users
from pitturu.store.stock_ledger import StockLine
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from tests.store import rows
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("tables")


@pytest.mark.parametrize("change", ["UPDATE {} SET quantity = 5", "DELETE FROM {}", "TRUNCATE {}"])
def test_it_is_append_only(change: str) -> None:
    rows.item()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(change.format("stock_ledger")))


@pytest.mark.parametrize(
    ("kind", "quantity", "of_session", "reason"),
    [
        ("initial", -1, False, None),
        ("sale", 1, True, None),
        ("return", -1, True, None),
        ("sale", -1, False, None),
        ("correction", 1, True, "counted"),
        ("correction", 1, False, None),
        ("gift", 1, False, "x"),
    ],
)
def test_a_line_that_says_something_else_than_its_kind_is_rejected(
    kind: str, quantity: int, of_session: bool, reason: str | None
) -> None:
    session = rows.session()
    key = session.id if of_session else None
    with pytest.raises(IntegrityError, match="ck_stock_ledger"):
        rows.add(StockLine(item_id=session.item_id, kind=kind, quantity=quantity, session_key=key, reason=reason))


def test_what_is_missing_counts_what_open_sessions_hold() -> None:
    right, less, endless = rows.item(stock=3, held=2), rows.item(stock=5), rows.item(stock=None)
    rows.session(thing=right, stock_held=2)
    rows.session(thing=less, stock_held=1)
    bought = rows.session(thing=less, status="paid", paid_at=right.created_at, imp_uid="imp_1", stock_held=2)
    rows.add(StockLine(item_id=less.id, kind="sale", quantity=-2, session_key=bought.id))
    assert stock_ledger.missing([right.id, less.id, endless.id]) == {right.id: 0, less.id: 3}


def test_a_line_names_a_user_by_key_and_somebody_at_a_terminal_by_name(work: UnitOfWork) -> None:
    users.ensure(work, "boss")
    thing = rows.item(stock=None)
    for name, reason in (("boss", "counted"), ("cli:kim", "import")):
        stock_ledger.of_person(work, thing.id, StockLineKind.CORRECTION, 1, reason, stock_ledger.author(name, "req"))
    work.flush()
    lines = stock_ledger.page(thing.id, None, 9)
    assert {(line.by, line.name, line.reason, line.request_id) for line in lines} == {
        ("boss", None, "counted", "req"),
        ("cli:kim", "cli:kim", "import", "req"),
    }


def test_whoever_returns_pieces_waits_for_who_limits_the_stock(app: Flask) -> None:
    """Otherwise the pieces would be counted neither in stock nor as held by a session."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    with app.app_context():
        thing = rows.item(stock=None).id
        db.session.commit()

    def give_back() -> None:
        with app.app_context(), unit_of_work() as work:
            work.return_stock(thing, 2)

    with app.app_context(), ThreadPoolExecutor(1) as threads:
        items.set_stock(thing, 5, None)
        returned = threads.submit(give_back)
        until(lambda: db.session.scalar(waiting) or returned.done(), "it waits for the lock")
        db.session.commit()
        returned.result(60)
        assert db.session.get_one(items.Item, thing, populate_existing=True).stock == 7
