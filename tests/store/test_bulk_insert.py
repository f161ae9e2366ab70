"""Rows that are added at the end: whole or not at all, in their order, and seen by whoever reads in between."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import bulk_insert, events, inventory, sessions
from pitturu.store.items import Item
from pitturu.store.sessions import SessionRow
from pitturu.store.unit_of_work import unit_of_work
from tests.store import rows


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[Flask]:
    """Inside an app context."""
    with app.app_context():
        yield app


def opened(**changes: Any) -> SessionRow:
    """A session that waits to be written, for a thing that is there."""
    rows.users.ensure("hana")
    thing = rows.item()
    db.session.commit()
    columns: dict[str, Any] = {
        "session_id": ids.session_id(),
        "merchant_uid": ids.merchant_uid(),
        "user_username": "hana",
        "item_id": thing.id,
        "item_name": "감귤 \"5kg\" \\ 'n'",
        "unit_price": 1_000,
        "amount": 2_000,
        "currency": "KRW",
        "quantity": 2,
        "stock_held": 0,
        "status": "created",
        "generation": "v1",
        "buyer_name": "김하나",
        "buyer_email": "hana@example.org",
        "buyer_tel": "010",
        "expires_at": clock.now(),
    }
    return sessions.add(**columns | changes)


def test_a_session_and_its_first_event_are_one_statement_without_a_transaction_around_it(app: Flask) -> None:
    said: list[str] = []
    engine = services_of(app).autocommit
    with unit_of_work():
        session = opened()
        events.add(session.id, "session", "hana", kind="status", to_status="created")
        event.listen(engine, "before_cursor_execute", lambda *about: said.append(about[2]))
        event.listen(db.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    assert len(said) == 1
    found = sessions.shown(session.session_id, "hana")
    assert found is not None
    told = {name: value for name, value in vars(session).items() if name != "payment_id"}
    assert {name: getattr(found, name) for name in told} == told
    assert [line.to_status for line in events.of_session(session.id)] == ["created"]


def test_lines_keep_their_order() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work():
        for number in range(20):
            events.add(session.id, "test", "hana", kind="note", detail=str(number))
    assert [line.detail for line in events.of_session(session.id)] == [str(number) for number in range(20)]


def test_what_breaks_leaves_nothing() -> None:
    session = rows.session()
    db.session.commit()
    with pytest.raises(ZeroDivisionError):
        break_after(lambda: events.add(session.id, "test", "hana", kind="note"))
    with unit_of_work():
        pass
    assert events.of_session(session.id) == []


def test_rows_of_the_transaction_come_first_and_go_with_it() -> None:
    with pytest.raises(IntegrityError):
        grant_twice()
    assert db.session.scalar(text("SELECT count(*) FROM payment_sessions")) == 0
    with unit_of_work():
        session = rows.session()
        granted(session)
    assert inventory.granted(session.id) == 2


def test_what_was_only_just_added_comes_before_lines_that_refer_to_it() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work():
        fresh = Item(id=uuid4(), name="감귤", price=1_000)
        db.session.add(fresh)
        inventory.enter(
            user_username="hana",
            item_id=fresh.id,
            item_name=fresh.name,
            session_key=session.id,
            cancellation_key=None,
            kind="grant",
            quantity=2,
        )
    assert inventory.granted(session.id) == 2


def test_whoever_reads_in_between_sees_what_waits() -> None:
    with unit_of_work():
        session = rows.session()
        granted(session)
        events.add(session.id, "test", "hana", kind="status", to_status="paid")
        assert inventory.granted(session.id) == 2
        assert len(events.of_session(session.id)) == 1
    assert inventory.granted(session.id) == 2, "written twice"


def test_nothing_is_nothing(app: Flask) -> None:
    bulk_insert.write()
    assert not db.session().in_transaction()


def break_after(work: Callable[[], None]) -> None:
    """A piece of work that does not come to its end."""
    with unit_of_work():
        work()
        raise ZeroDivisionError


def grant_twice() -> None:
    """A new session with one grant too many."""
    with unit_of_work():
        session = rows.session()
        granted(session)
        granted(session)


def granted(session: Any) -> None:
    """Two pieces for hana."""
    inventory.enter(
        user_username="hana",
        item_id=session.item_id,
        item_name="감귤",
        session_key=session.id,
        cancellation_key=None,
        kind="grant",
        quantity=2,
    )
