"""Rollups: each line is counted once, whenever its transaction ends, and a new count proves it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text, update

from pitturu.domain import clock
from pitturu.domain.cause import CauseKind, EventKind, Origin
from pitturu.extensions import db
from pitturu.reporting import rollups
from pitturu.store import webhook_outcomes
from pitturu.store.events import PaymentEvent
from pitturu.store.rollups import HourlyRollup, Measure, RollupProgress, RollupTotal
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhook_outcomes import WebhookOutcome
from tests.shop import Shop
from tests.store import rows

WRITTEN = text(
    """INSERT INTO payment_events (session_key, kind, cause, origin, amount, at)
       VALUES (:session, 'money', 'verify', 'system', :amount, :at)"""
)
NOON = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)


@pytest.fixture
def session_key(tables: None) -> UUID:
    """A session in the database."""
    key = rows.session().id
    db.session.commit()
    return key


def write(connection: Connection, session_key: UUID, amount: int, at: datetime = NOON) -> None:
    """Write one line about money, in the transaction of this connection."""
    connection.execute(WRITTEN, {"session": session_key, "amount": amount, "at": at})


def counts(measure: Measure, table: type[HourlyRollup] | type[RollupTotal] = RollupTotal) -> dict[str, tuple[int, int]]:
    """The label of each row of a measure, with its count and sum."""
    db.session.rollback()
    query = select(table.label, func.sum(table.count), func.sum(table.sum)).where(table.measure == measure)
    return {label: (int(count), int(total)) for label, count, total in db.session.execute(query.group_by(table.label))}


def agree() -> bool:
    """Whether a new count of everything that was counted finds the same."""
    return rollups.compare(unit_of_work).differences == 0


@contextmanager
def other_transaction() -> Iterator[Connection]:
    """A transaction on a connection of its own; committed at the end."""
    with db.engine.connect() as connection:
        yield connection
        connection.commit()


def test_a_purchase_a_refund_and_a_decline(shop: Shop) -> None:
    payment = shop.paid()
    shop.refund(payment, 1_000)
    shop.decline(shop.open())
    with shop.app.app_context():
        rollups.update(unit_of_work)

        transitions = counts(Measure.TRANSITION)
        assert transitions[">created"] == (2, 0)
        assert transitions["verifying>paid"] == transitions["verifying>failed"] == (1, 0)
        assert counts(Measure.RECEIVED) == {"": (1, 10_000)}
        assert counts(Measure.REFUNDED) == {"": (1, 1_000)}
        assert sum(count for count, _ in counts(Measure.DECLINED).values()) == 1
        assert sum(count for count, _ in counts(Measure.TIME_TO_PAID).values()) == 1
        money = db.session.scalars(select(RollupTotal).where(RollupTotal.measure == Measure.RECEIVED)).one()
        assert (money.generation, money.pay_method) == ("v1", "card")
        assert money.pg_provider == "html5_inicis"
        assert agree()


def test_webhooks_by_kind_and_outcome(shop: Shop) -> None:
    session = shop.open()
    imp_uid = shop.pay(session)
    notice = {"imp_uid": imp_uid, "merchant_uid": session["merchant_uid"], "status": "paid"}
    for body in (notice, notice | {"status": "words of a stranger"}):
        assert shop.client.post("/api/v1/payments/webhook", json=body).status_code == 200
    shop.drain()
    with shop.app.app_context():
        rollups.update(unit_of_work)

        assert counts(Measure.WEBHOOK) == {"paid:done": (1, 0), "other:done": (1, 0)}
        assert sum(count for count, _ in counts(Measure.WEBHOOK_LAG).values()) == 2
        assert agree()


def test_nothing_is_counted_twice(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 500)
    for _ in range(3):
        rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == counts(Measure.RECEIVED, HourlyRollup) == {"": (1, 500)}


def test_a_line_that_commits_late_is_counted_later_and_once(session_key: UUID) -> None:
    """Its id is lower than that of a line that was counted before: who went on after the highest id would miss it."""
    rollups.update(unit_of_work)
    with other_transaction() as slow:
        write(slow, session_key, 1)
        with other_transaction() as quick:
            write(quick, session_key, 2)
        rollups.update(unit_of_work)
        assert counts(Measure.RECEIVED) == {}, "the slow transaction began first, so nothing after it is counted yet"
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {"": (2, 3)}
    assert agree()


def test_a_line_that_is_rolled_back_is_not_counted(session_key: UUID) -> None:
    rollups.update(unit_of_work)
    with db.engine.connect() as connection:
        write(connection, session_key, 1)
        connection.rollback()
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {}


def test_writers_and_several_counters_at_once(app: Flask, session_key: UUID) -> None:
    rounds, lines = 15, 4

    def write_lines(number: int) -> None:
        with app.app_context():
            for amount in range(rounds):
                with other_transaction() as connection:
                    for _ in range(lines):
                        write(connection, session_key, amount + 1, NOON + timedelta(hours=number))

    def count_lines(_: int) -> None:
        with app.app_context():
            for _ in range(rounds):
                rollups.update(unit_of_work)

    def recount_lines(_: int) -> None:
        with app.app_context():
            for _ in range(3):
                rollups.rebuild(unit_of_work)

    tasks = [*(partial(write_lines, number) for number in range(4)), *(partial(count_lines, n) for n in range(2))]
    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(task) for task in (*tasks, partial(recount_lines, 0))]
    for one in running:
        one.result()
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {"": (4 * rounds * lines, 4 * lines * sum(range(1, rounds + 1)))}
    assert agree()


def test_hours_are_those_of_the_events(session_key: UUID) -> None:
    with other_transaction() as connection:
        for minutes in (0, 29, 30):
            write(connection, session_key, 100, NOON + timedelta(minutes=minutes))
    rollups.update(unit_of_work)

    found = db.session.execute(select(HourlyRollup.hour, HourlyRollup.count))
    assert Counter(dict(found.all())) == {NOON.replace(minute=0): 2, NOON.replace(hour=13, minute=0): 1}


def test_wrong_and_missing_counts_are_found_and_corrected(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 100)
        write(connection, session_key, -30)
    rollups.update(unit_of_work)
    with unit_of_work() as work:
        work.session.execute(update(HourlyRollup).where(HourlyRollup.measure == "received").values(sum=99))
        work.session.execute(text("DELETE FROM rollup_totals WHERE measure = 'refunded'"))

    assert not agree()
    assert rollups.rebuild(unit_of_work).differences > 0
    assert agree()
    assert counts(Measure.RECEIVED) == {"": (1, 100)}
    assert counts(Measure.REFUNDED) == {"": (1, 30)}


def test_a_database_restored_into_another_cluster_is_counted_anew(session_key: UUID) -> None:
    """There, transactions are numbered from the beginning, below those that were counted."""
    with other_transaction() as connection:
        write(connection, session_key, 100)
    rollups.update(unit_of_work)
    with unit_of_work() as work:
        work.session.execute(update(RollupProgress).values(counted_below="4611686018427387904"))
    with other_transaction() as connection:
        write(connection, session_key, 200)
    rollups.update(unit_of_work)
    with other_transaction() as connection:
        write(connection, session_key, 400)
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {"": (3, 700)}
    assert agree()


def test_lines_of_before_the_migration_are_counted(session_key: UUID) -> None:
    with other_transaction() as connection:
        columns = "session_key, kind, cause, origin, amount, at, transaction_id"
        values = "(:session, 'money', 'verify', 'system', 70, :at, NULL)"
        connection.execute(
            text(f"INSERT INTO payment_events ({columns}) VALUES {values}"), {"session": session_key, "at": NOON}
        )
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {"": (1, 70)}
    assert agree()


def test_counts_outlive_old_lines_about_webhooks(tables: None) -> None:
    """They are deleted by whole hours, of which a new count leaves the rollups as they are."""
    now, old = clock.now(), clock.now() - webhook_outcomes.KEPT_FOR - timedelta(hours=2)
    columns = {"generation": "v2", "event_status": "Transaction.Paid", "outcome": "done"}
    with unit_of_work() as work:
        for at in (old, now):
            work.insert(WebhookOutcome, **columns, received_at=at - timedelta(seconds=2), finished_at=at)
    rollups.update(unit_of_work)
    rollups.clean(unit_of_work)

    assert db.session.scalars(select(func.count()).select_from(WebhookOutcome)).one() == 1
    assert agree()
    assert rollups.rebuild(unit_of_work).differences == 0
    assert counts(Measure.WEBHOOK) == {"Transaction.Paid:done": (2, 0)}


def test_counting_goes_on_while_another_process_counts(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 100)
    with other_transaction() as connection:
        connection.execute(text("INSERT INTO rollup_progress VALUES (1, 0, 0, '0', NULL, NULL, TRUE)"))
    with other_transaction() as busy:
        busy.execute(text("SELECT * FROM rollup_progress FOR UPDATE"))
        rollups.update(unit_of_work)
        assert counts(Measure.RECEIVED) == {}
    rollups.update(unit_of_work)

    assert counts(Measure.RECEIVED) == {"": (1, 100)}


def test_the_columns_of_a_line_do_not_change_with_the_order(shop: Shop) -> None:
    session = shop.open(pay_method="card")
    shop.post(f"/payments/sessions/{session['session_id']}/prepare", {"pay_method": "kakaopay"})
    with shop.app.app_context():
        created = select(PaymentEvent).where(PaymentEvent.kind == EventKind.STATUS).order_by(PaymentEvent.id).limit(1)
        line = db.session.scalars(created).one()
        assert (line.pay_method, line.generation) == ("card", "v1")
        assert (line.cause, line.origin) == (CauseKind.SESSION, Origin.BUYER)
