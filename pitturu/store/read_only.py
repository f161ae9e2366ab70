"""Ends a transaction that only read with COMMIT instead of ROLLBACK.

For Postgres both are the same then. Psycopg forgets every prepared statement of a connection at a ROLLBACK, after which
each has to be executed five times until it is prepared again: one request that reads would slow down those that follow
on its connection.
"""

from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

from pitturu.extensions import db

_WROTE: Final = "pitturu.wrote"
_CONNECTION: Final = "pitturu.connection"


def listen(engine: Engine) -> None:
    """Note for each transaction of this engine whether it executed anything but SELECT."""
    event.listen(engine, "after_cursor_execute", _note)
    if not event.contains(db.session, "after_begin", _begin):
        event.listen(db.session, "after_begin", _begin)


def finish(session: Session) -> None:
    """Commit if every statement of the open transaction was a SELECT, and nothing waits to be written. Otherwise, and
    where the database went away meanwhile, do nothing: whoever ends the session rolls back."""
    connection = session.info.pop(_CONNECTION, None)
    if connection is None or connection.invalidated or not session.in_transaction() or connection.info[_WROTE]:
        return
    if not (session.new or session.dirty or session.deleted):
        session.commit()


def _begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[_CONNECTION] = connection
    connection.info[_WROTE] = False


def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.startswith("SELECT"):
        connection.info[_WROTE] = True
