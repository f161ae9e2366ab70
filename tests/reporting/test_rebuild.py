"""A new count: it finds wrong rollups, corrects them, and survives restored databases and deleted lines."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update

from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.reporting import rollups
from pitturu.store import webhook_outcomes
from pitturu.store.rollups import HourlyRollup, Measure, RollupProgress
from pitturu.store.unit_of_work import unit_of_work
from pitturu.store.webhook_outcomes import WebhookOutcome
from tests.counted import count_all
from tests.reporting.counting import NOON, agree, counts, other_transaction, write


def test_wrong_and_missing_counts_are_found_and_corrected(session_key: UUID) -> None:
    with other_transaction() as connection:
        write(connection, session_key, 100)
        write(connection, session_key, -30)
    count_all()
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
    count_all()
    with unit_of_work() as work:
        work.session.execute(update(RollupProgress).values(counted_below="4611686018427387904"))
    with other_transaction() as connection:
        write(connection, session_key, 200)
    count_all()
    with other_transaction() as connection:
        write(connection, session_key, 400)
    count_all()

    assert counts(Measure.RECEIVED) == {"": (3, 700)}
    assert agree()


def test_lines_of_before_the_migration_are_counted(session_key: UUID) -> None:
    with other_transaction() as connection:
        columns = "session_key, kind, cause, origin, amount, at, transaction_id"
        values = "(:session, 'money', 'verify', 'system', 70, :at, NULL)"
        connection.execute(
            text(f"INSERT INTO payment_events ({columns}) VALUES {values}"), {"session": session_key, "at": NOON}
        )
    count_all()

    assert counts(Measure.RECEIVED) == {"": (1, 70)}
    assert agree()


def test_counts_outlive_old_lines_about_webhooks(tables: None) -> None:
    """They are deleted by whole hours, of which a new count leaves the rollups as they are."""
    now, old = clock.now(), clock.now() - webhook_outcomes.KEPT_FOR - timedelta(hours=2)
    columns = {"generation": "v2", "event_status": "Transaction.Paid", "outcome": "done"}
    with unit_of_work() as work:
        for at in (old, now):
            work.insert(WebhookOutcome, **columns, received_at=at - timedelta(seconds=2), finished_at=at)
    count_all()
    rollups.clean(unit_of_work)

    assert db.session.scalars(select(func.count()).select_from(WebhookOutcome)).one() == 1
    assert agree()
    assert rollups.rebuild(unit_of_work).differences == 0
    assert counts(Measure.WEBHOOK) == {"Transaction.Paid:done": (2, 0)}
