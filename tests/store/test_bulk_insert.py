"""Rows that are added at the end: whole or not at all, in their order, and seen by whoever reads in between."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import events, inventory, sessions
from pitturu.store.events import PaymentEvent
from pitturu.store.idempotency import IdempotencyKey
from pitturu.store.inventory import InventoryEntry
from pitturu.store.items import Item
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from tests.store import rows


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[Flask]:
    """Inside an app context."""
    with app.app_context():
        yield app


def opened(work: UnitOfWork, **changes: Any) -> dict[str, Any]:
    """A session that waits to be written, for a thing that is there."""
    rows.users.ensure(work, "hana")
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
        "watch_until": clock.now(),
    }
    return work.insert(PaymentSession, **columns | changes)


def note(work: UnitOfWork, session_key: UUID, **what: Any) -> None:
    """A line of the timeline that waits to be written."""
    usual = {"kind": "given_up", "cause": "close", "origin": "buyer", "name": "hana"}
    work.insert(PaymentEvent, session_key=session_key, **usual | what)


def test_a_session_and_its_first_event_are_one_statement_without_a_transaction_around_it(app: Flask) -> None:
    said: list[str] = []
    engine = services_of(app).autocommit
    with unit_of_work() as work:
        session = opened(work)
        note(work, session["id"], kind="status", to_status="created")
        event.listen(engine, "before_cursor_execute", lambda *about: said.append(about[2]))
        event.listen(db.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    assert len(said) == 1
    found = sessions.shown(session["session_id"], "hana")
    assert found is not None
    assert {name: getattr(found, name) for name in session} == session
    assert [line.to_status for line in events.of_session(session["id"])] == ["created"]


def test_lines_keep_their_order() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work() as work:
        for number in range(20):
            note(work, session.id, detail=str(number))
    assert [line.detail for line in events.of_session(session.id)] == [str(number) for number in range(20)]


def test_rows_of_different_shape(app: Flask) -> None:
    """Each keeps its own columns, whichever came first; what one does not name is its default or empty."""
    session = rows.session()
    db.session.commit()
    with unit_of_work() as work:
        note(work, session.id, detail="first")
        note(work, session.id, kind="money", amount=700, payment_key=None, at=clock.now())
        note(work, session.id, kind="status", from_status="created", to_status="paid", request_id="r1")
    found = [
        (line.detail, line.amount, line.from_status, line.to_status, line.request_id)
        for line in events.of_session(session.id)
    ]
    assert found == [
        ("first", 0, None, None, None),
        (None, 700, None, None, None),
        (None, 0, "created", "paid", "r1"),
    ]


def test_a_row_that_is_returned_is_the_row_in_the_database() -> None:
    with unit_of_work() as work:
        session = opened(work, quantity=3, amount=3_000)
        later = opened(work, due_at=clock.now(), next_job="payments.prepare", item_name="한라봉")
    for row in (session, later):
        found = sessions.shown(row["session_id"], "hana")
        assert found is not None
        assert {name: getattr(found, name) for name in row} == row


def test_a_name_that_is_no_column() -> None:
    with pytest.raises(TypeError, match="no colour"):
        UnitOfWork().insert(PaymentEvent, colour="red")


def test_tables_that_refer_to_others_may_come_first() -> None:
    """A line may be added before the session that it is of."""
    with unit_of_work() as work:
        key = uuid4()
        note(work, key)
        opened(work, id=key)
    assert len(events.of_session(key)) == 1


def test_bytes_and_objects(app: Flask) -> None:
    """Whatever type a column has: raw bytes, JSON, quotation marks and backslashes."""
    rows.users.ensure(UnitOfWork(), "hana")
    db.session.commit()
    body, counts, words = bytes(range(256)), {"status": 2, "한": 1}, "'\"\\\n{}"
    with unit_of_work() as work:
        answer = {"fingerprint": body, "status_code": 200, "body": b"", "location": words}
        work.insert(IdempotencyKey, user_username="hana", key="k", **answer)
        window = {"since": clock.now() - timedelta(days=1), "until": clock.now(), "walk": "settle", "generations": "v1"}
        work.insert(ReconciliationRun, asked_by="hana", counts=counts, **window)
    kept = db.session.scalars(db.select(IdempotencyKey)).one()
    assert (kept.fingerprint, kept.body, kept.location) == (body, b"", words)
    assert db.session.scalars(db.select(ReconciliationRun.counts)).one() == counts


def test_what_breaks_leaves_nothing() -> None:
    session = rows.session()
    db.session.commit()
    with pytest.raises(ZeroDivisionError):
        break_after(lambda work: note(work, session.id))
    with unit_of_work():
        pass
    assert events.of_session(session.id) == []


def test_rows_of_the_transaction_come_first_and_go_with_it() -> None:
    with pytest.raises(IntegrityError):
        grant_twice()
    assert db.session.scalar(text("SELECT count(*) FROM payment_sessions")) == 0
    with unit_of_work() as work:
        session = rows.session()
        granted(work, session)
    assert inventory.granted(session.id) == 2


def test_what_was_only_just_added_comes_before_lines_that_refer_to_it() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work() as work:
        fresh = Item(id=uuid4(), name="감귤", price=1_000)
        work.session.add(fresh)
        granted(work, session, item_id=fresh.id)
    assert inventory.granted(session.id) == 2


def test_whoever_reads_in_between_flushes_first() -> None:
    with unit_of_work() as work:
        session = rows.session()
        granted(work, session)
        note(work, session.id)
        work.flush()
        assert inventory.granted(session.id) == 2
        assert len(events.of_session(session.id)) == 1
    assert inventory.granted(session.id) == 2, "written twice"


def test_nothing_is_nothing(app: Flask) -> None:
    UnitOfWork().flush()
    assert not db.session().in_transaction()


def break_after(step: Callable[[UnitOfWork], None]) -> None:
    """A unit of work that does not come to its end."""
    with unit_of_work() as work:
        step(work)
        raise ZeroDivisionError


def grant_twice() -> None:
    """A new session with one grant too many."""
    with unit_of_work() as work:
        session = rows.session()
        granted(work, session)
        granted(work, session)


def granted(work: UnitOfWork, session: PaymentSession, **changes: Any) -> None:
    """Two pieces for hana."""
    usual = {"user_username": "hana", "item_id": session.item_id, "item_name": "감귤", "kind": "grant", "quantity": 2}
    work.insert(InventoryEntry, session_key=session.id, line_key=rows.line_of(session.id), **usual | changes)
