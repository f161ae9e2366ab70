"""Wake-ups and changes are sent after the commit, once each, and not after a rollback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from pitturu.domain.jobs import JobName
from pitturu.extensions import db
from pitturu.services import KEY, services_of
from pitturu.store import users
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work
from pitturu.store.users import User
from tests.store import rows

LINE = {"item_name": "한라봉", "unit_price": 3_000, "quantity": 7}


@dataclass
class RecordingPublisher:
    """A publisher that records its calls, and whether the transaction was committed at that time."""

    app: Flask
    calls: list[str] = field(default_factory=list)
    committed: list[bool] = field(default_factory=list)

    def wake(self, job: JobName) -> None:
        self._note(f"wake {job}")

    def changed(self, session_id: str) -> None:
        self._note(f"changed {session_id}")

    def _note(self, call: str) -> None:
        self.calls.append(call)
        with self.app.app_context():
            self.committed.append(users.by_username("hana") is not None)


@pytest.fixture
def publisher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingPublisher]:
    """A recording publisher in place of Redis, inside an app context."""
    recording = RecordingPublisher(app)
    monkeypatch.setitem(app.extensions, KEY, replace(services_of(app), publisher=recording))
    with app.app_context():
        yield recording


def test_wake_ups_are_sent_after_the_commit_once_each(publisher: RecordingPublisher) -> None:
    with unit_of_work() as work:
        work.wake(JobName.VERIFY)
        work.wake(JobName.CANCEL)
        work.wake(JobName.VERIFY)
        work.changed("ses1")
        work.changed("ses1")
        users.ensure(work, "hana")
        assert publisher.calls == []
    assert publisher.calls == ["wake payments.verify", "wake payments.cancel", "changed ses1"]
    assert publisher.committed == [True] * 3


def break_after(*steps: Callable[[UnitOfWork], object]) -> None:
    """A unit of work that does these steps and then raises."""
    with unit_of_work() as work:
        for step in steps:
            step(work)
        raise KeyError


def test_after_a_rollback_nothing_is_published(publisher: RecordingPublisher) -> None:
    with pytest.raises(KeyError):
        break_after(
            lambda work: users.ensure(work, "hana"),
            lambda work: work.wake(JobName.VERIFY),
            lambda work: work.changed("ses1"),
        )
    with unit_of_work():
        assert users.by_username("hana") is None
    assert publisher.calls == []


def add_twice() -> None:
    """A unit of work whose commit fails."""
    with unit_of_work() as work:
        work.session.add_all([User(username="hana"), User(username="hana")])
        work.changed("ses1")


def test_after_a_failed_commit_nothing_is_published(publisher: RecordingPublisher) -> None:
    with pytest.raises(IntegrityError):
        add_twice()
    assert (publisher.calls, db.session().in_transaction()) == ([], False)


def test_locked_rows_are_found_without_another_query(publisher: RecordingPublisher, statements: list[str]) -> None:
    sessions = [rows.session(f"buyer{number}") for number in range(3)]
    payments = [rows.payment(session) for session in sessions[:2]]
    delivery = rows.delivery()
    db.session.commit()
    keys = [session.id for session in sessions]
    with unit_of_work() as work:
        work.lock_sessions(keys)
        work.read_payments(keys)
        work.lock_deliveries([delivery.id])
        statements.clear()
        assert [work.lock_session(key) for key in keys] == sessions
        assert [list(work.payments_of(key).values()) for key in keys] == [[payments[0]], [payments[1]], []]
        assert work.lock_delivery(delivery.id) is delivery
        assert statements == []


def test_lines_of_many_sessions_are_read_at_once(publisher: RecordingPublisher, statements: list[str]) -> None:
    with unit_of_work():
        both = [rows.session(), rows.session()]
        rows.add(PaymentLine(session_key=both[0].id, position=1, **LINE, item_id=both[0].item_id))
    statements.clear()
    with unit_of_work() as work:
        work.read_lines([row.id for row in both])
        found = [[line.quantity for line in work.lines_of(row.id)] for row in both]
    assert found == [[2, 7], [2]]
    assert len([one for one in statements if "payment_lines" in one]) == 1
    with unit_of_work() as work:
        assert [line.quantity for line in work.lines_of(both[0].id)] == [2, 7]


def test_a_single_session_is_locked_on_demand(publisher: RecordingPublisher) -> None:
    session = rows.session()
    payment = rows.payment(session)
    db.session.commit()
    with unit_of_work() as work:
        assert work.lock_session(session.id) is session
        assert work.payments_of(session.id) == {payment.imp_uid: payment}
        with pytest.raises(KeyError):
            work.lock_session(uuid4())


def test_stock_is_returned_in_the_order_of_the_items(publisher: RecordingPublisher, statements: list[str]) -> None:
    """Two transactions that return the same items in opposite order would wait for each other."""
    things = sorted((rows.item(stock=1) for _ in range(3)), key=lambda thing: thing.id)
    endless = rows.item(stock=None)
    db.session.commit()
    with unit_of_work() as work:
        for thing in (*reversed(things), things[0], endless):
            work.return_stock(thing.id, 2)
        statements.clear()
    assert [statement.split()[0] for statement in statements] == ["SELECT", "UPDATE"]
    assert "ORDER BY items.id FOR NO KEY UPDATE" in statements[0]
    assert [thing.stock for thing in (*things, endless)] == [5, 3, 3, None]


def test_returned_stock_can_be_taken(publisher: RecordingPublisher) -> None:
    thing = rows.item(stock=1)
    db.session.commit()
    with unit_of_work() as work:
        work.return_stock(thing.id, 2)
        assert work.take_stock({thing.id: 3}) == ()
        assert work.take_stock({thing.id: 1}) == [thing.id]
    assert thing.stock == 0


def test_stock_of_several_items_is_taken_all_or_none(publisher: RecordingPublisher) -> None:
    """Pieces that were returned before, in the same transaction, count."""
    one, two, endless = rows.item(stock=1), rows.item(stock=5), rows.item(stock=None)
    db.session.commit()
    with unit_of_work() as work:
        work.return_stock(two.id, 1)
        assert work.take_stock({one.id: 2, two.id: 5}) == [one.id]
        assert work.take_stock({one.id: 1, endless.id: 1}) == [endless.id]
        assert work.take_stock({one.id: 1, two.id: 6}) == []
    assert (one.stock, two.stock, endless.stock) == (0, 0, None)


def test_after_a_rollback_no_stock_is_returned(publisher: RecordingPublisher) -> None:
    thing = rows.item(stock=1)
    db.session.commit()
    with pytest.raises(KeyError):
        break_after(lambda work: work.return_stock(thing.id, 2))
    with unit_of_work():
        pass
    assert thing.stock == 1


def test_wake_ups_do_not_leak_into_the_next_unit_of_work(publisher: RecordingPublisher) -> None:
    with unit_of_work() as work:
        work.wake(JobName.VERIFY)
    with unit_of_work() as work:
        work.changed("ses2")
    assert publisher.calls == ["wake payments.verify", "changed ses2"]
