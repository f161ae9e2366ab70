"""The end of a request or a piece of work: reads keep what the connection has prepared, writes leave no trace."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update

from pitturu.extensions import db
from pitturu.store.items import Item
from pitturu.store.unit_of_work import release_connection

READ = text("SELECT name AS read_only FROM items")
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s"


def add() -> None:
    db.session.execute(insert(Item).values(name="mug", price=1000))


def names() -> list[str]:
    return list(db.session.scalars(select(Item.name)))


def test_statements_stay_prepared_after_reads(tables: None) -> None:
    for _ in range(6):  # Psycopg prepares a statement the sixth time.
        db.session.execute(READ)
    connection = db.session.connection().connection.dbapi_connection
    assert connection is not None

    release_connection(None)

    assert connection.cursor().execute(PREPARED, [READ.text]).fetchone() == (1,)
    connection.rollback()


@pytest.mark.parametrize(
    "write",
    [
        add,
        lambda: db.session.execute(text("INSERT INTO items (name, price) VALUES ('mug', 1000)")),
        lambda: db.session.execute(
            text("WITH one AS (INSERT INTO items (name, price) VALUES ('mug', 1000) RETURNING 1) SELECT * FROM one")
        ),
        lambda: db.session.connection().execute(insert(Item).values(name="mug", price=1000)),
        lambda: db.session.add(Item(id=uuid4(), name="mug", price=1000)),
    ],
    ids=["orm", "text", "cte", "connection", "pending"],
)
def test_what_was_not_committed_is_undone(tables: None, write: Callable[[], object]) -> None:
    names()
    write()

    release_connection(None)

    assert names() == []


@pytest.mark.parametrize("change", [update(Item).values(name="cup"), delete(Item)], ids=["update", "delete"])
def test_a_transaction_is_judged_by_itself(app: Flask, tables: None, change: object) -> None:
    add()
    db.session.commit()
    names()
    release_connection(None)

    db.session.execute(change)  # type: ignore[call-overload]
    release_connection(None)

    assert names() == ["mug"]
