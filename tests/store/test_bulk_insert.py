"""Rows of `UnitOfWork.insert`: written together or not at all, in order, and readable after `flush`."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from pitturu.domain import clock, ids
from pitturu.extensions import db
from pitturu.services import services_of
from pitturu.store import events, inventory
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
    """A session that is not written yet, of an existing item."""
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
        "items_total": 2_000,
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


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of this session as the database has them."""
    found = db.session.scalars(select(PaymentSession).where(PaymentSession.id == row["id"])).one()
    return {name: getattr(found, name) for name in row}


def note(work: UnitOfWork, session_key: UUID, **what: Any) -> None:
    """A line of the timeline that is not written yet."""
    usual = {"kind": "given_up", "cause": "close", "origin": "buyer", "name": "hana"}
    work.insert(PaymentEvent, session_key=session_key, **usual | what)


def test_a_session_and_its_first_event_are_inserted_by_one_statement_without_a_transaction(app: Flask) -> None:
    executed: list[str] = []
    engine = services_of(app).autocommit
    with unit_of_work() as work:
        session = opened(work)
        note(work, session["id"], kind="status", to_status="created")
        event.listen(engine, "before_cursor_execute", lambda *about: executed.append(about[2]))
        event.listen(db.engine, "before_cursor_execute", lambda *about: executed.append(about[2]))
    assert len(executed) == 1
    assert stored(session) == session
    assert [line.to_status for line in events.of_session(session["id"])] == ["created"]


def test_lines_keep_their_order() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work() as work:
        for number in range(20):
            note(work, session.id, detail=str(number))
    assert [line.detail for line in events.of_session(session.id)] == [str(number) for number in range(20)]


def test_rows_with_different_columns(app: Flask) -> None:
    """Each row has its own values; columns that it does not name have their default or null."""
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


def test_the_returned_columns_equal_those_in_the_database() -> None:
    with unit_of_work() as work:
        session = opened(work, quantity=3, amount=3_000, items_total=3_000)
        later = opened(work, due_at=clock.now(), next_job="payments.prepare", item_name="한라봉")
    for row in (session, later):
        assert stored(row) == row


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(TypeError, match="no colour"):
        UnitOfWork().insert(PaymentEvent, colour="red")


def test_a_row_may_be_added_before_the_row_it_refers_to() -> None:
    """A line of the timeline is added before its session."""
    with unit_of_work() as work:
        key = uuid4()
        note(work, key)
        opened(work, id=key)
    assert len(events.of_session(key)) == 1


def test_values_of_every_column_type(app: Flask) -> None:
    """Raw bytes, JSON, quotation marks and backslashes."""
    rows.users.ensure(UnitOfWork(), "hana")
    db.session.commit()
    body, counts, words = bytes(range(256)), {"status": 2, "한": 1}, "'\"\\\n{}"
    with unit_of_work() as work:
        answer = {"fingerprint": body, "status_code": 200, "body_encrypted": b"", "location": words}
        work.insert(IdempotencyKey, user_username="hana", key="k", **answer)
        window = {"since": clock.now() - timedelta(days=1), "until": clock.now(), "walk": "settle", "generations": "v1"}
        work.insert(ReconciliationRun, asked_by="hana", counts=counts, **window)
    kept = db.session.scalars(db.select(IdempotencyKey)).one()
    assert (kept.fingerprint, kept.body_encrypted, kept.location) == (body, b"", words)
    assert db.session.scalars(db.select(ReconciliationRun.counts)).one() == counts


def test_a_failed_unit_of_work_writes_nothing() -> None:
    session = rows.session()
    db.session.commit()
    with pytest.raises(ZeroDivisionError):
        break_after(lambda work: note(work, session.id))
    with unit_of_work():
        pass
    assert events.of_session(session.id) == []


def test_orm_rows_are_written_first_and_rolled_back_together() -> None:
    with pytest.raises(IntegrityError):
        grant_twice()
    assert db.session.scalar(text("SELECT count(*) FROM payment_sessions")) == 0
    with unit_of_work() as work:
        session = rows.session()
        granted(work, session)
    assert inventory.granted(session.id) == 2


def test_rows_of_the_orm_are_written_before_rows_that_refer_to_them() -> None:
    session = rows.session()
    db.session.commit()
    with unit_of_work() as work:
        fresh = Item(id=uuid4(), name="감귤", price=1_000)
        work.session.add(fresh)
        granted(work, session, item_id=fresh.id)
    assert inventory.granted(session.id) == 2


def test_rows_can_be_read_after_flush() -> None:
    with unit_of_work() as work:
        session = rows.session()
        granted(work, session)
        note(work, session.id)
        work.flush()
        assert inventory.granted(session.id) == 2
        assert len(events.of_session(session.id)) == 1
    assert inventory.granted(session.id) == 2, "written twice"


def test_flush_without_rows_begins_no_transaction(app: Flask) -> None:
    UnitOfWork().flush()
    assert not db.session().in_transaction()


def break_after(step: Callable[[UnitOfWork], None]) -> None:
    """A unit of work that raises."""
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
