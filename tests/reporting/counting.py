"""Lines in transactions of their own, and what the rollups say about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from pitturu.extensions import db
from pitturu.reporting import rollups
from pitturu.store.rollups import HourlyRollup, Measure, RollupTotal
from pitturu.store.unit_of_work import unit_of_work

WRITTEN = text(
    """INSERT INTO payment_events (session_key, kind, cause, origin, amount, at)
       VALUES (:session, 'money', 'verify', 'system', :amount, :at)"""
)
NOON = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)


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
