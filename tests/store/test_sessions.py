"""Sessions: found by their owners only, and locked against concurrent writers."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from pitturu.domain import clock
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import OPEN, SessionStatus
from pitturu.extensions import db
from pitturu.store import orders, owned_sessions, session_views, sessions
from pitturu.store.payment_lines import PaymentLine
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows


@pytest.mark.usefixtures("tables")
def test_only_its_owner_finds_a_session(work: UnitOfWork) -> None:
    mine = rows.session()
    assert owned_sessions.lock(work, mine.session_id, "hana") is mine
    assert owned_sessions.lock_by_order(work, mine.merchant_uid, "hana") is mine
    assert owned_sessions.lock(work, mine.session_id, "minji") is None
    assert owned_sessions.lock_by_order(work, mine.merchant_uid, "minji") is None
    assert orders.by_order(mine.merchant_uid) is mine
    assert sessions.totals_of(mine.id)["session_id"] == mine.session_id


@pytest.mark.usefixtures("tables")
def test_the_lines_of_a_session(work: UnitOfWork) -> None:
    """Those of its row where it has one line, else those of the table, in their order."""
    one, two = rows.session(), rows.session(amount=2_500, line_count=2)
    rows.add(
        PaymentLine(session_key=two.id, position=1, item_id=one.item_id, item_name="귤", unit_price=500, quantity=1)
    )
    db.session.commit()
    shown = [session_views.shown(row.session_id, "hana") for row in (one, two)]
    for row, session in zip((one, two), shown, strict=True):
        assert session is not None
        assert [{**line, "item_id": str(line["item_id"])} for line in session_views.lines_of(row)] == [
            {**line, "item_id": str(line["item_id"])} for line in session_views.lines_of(session)
        ]
    assert [line["item_name"] for line in session_views.lines_of(two)] == ["감귤", "귤"]
    assert [line["quantity"] for line in session_views.lines_of(one)] == [2]


@pytest.mark.usefixtures("tables")
def test_a_session_is_found_by_payment(work: UnitOfWork) -> None:
    """The session of a known payment; for an unknown one, open sessions of the user."""
    known = rows.session(status="expired", imp_uid="imp_1")
    assert owned_sessions.lock_by_payment(work, "imp_2", "hana") == []
    open_one = rows.session()
    rows.session("minji", imp_uid="imp_2")
    assert owned_sessions.lock_by_payment(work, "imp_1", "hana") == [known]
    assert owned_sessions.lock_by_payment(work, "imp_2", "hana") == [open_one]
    rows.session()
    rows.session()
    assert len(owned_sessions.lock_by_payment(work, "imp_3", "hana")) == 2


@pytest.mark.usefixtures("tables")
def test_issued_orders() -> None:
    mine = rows.session(generation="v2")
    expected = {
        mine.merchant_uid: orders.Issued(
            mine.id, "v2", mine.status, mine.amount, mine.currency, window_opened=mine.window_until is None
        )
    }
    assert orders.issued({mine.merchant_uid, "unknown"}) == expected


@pytest.mark.parametrize("status", SessionStatus)
def test_settled_means_that_polling_can_stop(status: SessionStatus) -> None:
    session = PaymentSession(status=status)
    assert session.settled == (status not in OPEN)
    session.plan(JobName.VERIFY, clock.now())
    assert not session.settled
    session.plan(JobName.EXPIRE, clock.now())
    assert session.settled == (status not in OPEN)


def test_a_new_plan_replaces_the_earlier_one() -> None:
    session = PaymentSession(attempts=7, dead_at=clock.now())
    at = clock.now() + timedelta(hours=1)
    session.plan(JobName.EXPIRE, at)
    assert (session.next_job, session.due_at, session.attempts, session.dead_at) == ("payments.expire", at, 0, None)


def test_a_second_writer_waits_for_the_lock(app: Flask) -> None:
    """The row lock makes the second one wait; a short lock timeout ends the test quickly."""
    with app.app_context():
        key = rows.session().id
        db.session.commit()
        UnitOfWork().lock_session(key)
        with app.app_context():
            db.session.execute(db.text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                UnitOfWork().lock_session(key)
            db.session.rollback()
        db.session.rollback()


def test_a_write_without_the_lock_is_an_error(app: Flask) -> None:
    """The version detects it: an update that would be lost is an error."""
    with app.app_context():
        session = rows.session()
        db.session.commit()
        with app.app_context():
            UnitOfWork().lock_session(session.id).buyer_name = "another"
            db.session.commit()
        session.buyer_name = "late"
        with pytest.raises(StaleDataError):
            db.session.commit()
        db.session.rollback()
