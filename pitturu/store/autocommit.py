"""Statements in autocommit mode, without BEGIN and COMMIT: one round trip to the database instead of three.

They run on other connections than the current unit of work: they see only what was committed, and a rollback of the
unit of work does not undo them.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

from pitturu.config.settings import Settings
from pitturu.services import services
from pitturu.store import engines

Answer = TypeVar("Answer")

CONNECTIONS: Final = 10
"""Per process at most, besides those for transactions. Each is taken for about a millisecond, but most requests need
one: with half as many, waiting for one takes a seventh of the processor time of a session opened under load."""


def make_engine(settings: Settings) -> Engine:
    """The engine for such statements; nothing is connected yet."""
    return engines.autocommit_engine(
        settings.sqlalchemy_url,
        settings,
        "single_statements",
        pool_size=min(CONNECTIONS, settings.database_pool),
        # No transaction was begun, so none is rolled back when a connection returns to the pool.
        pool_reset_on_return=None,
    )


def first(query: Executable, values: dict[str, Any]) -> Row[Any] | None:
    """The first row that `query` reads."""
    return _with_reconnect(lambda connection: connection.execute(query, values).first())


def rows(query: Executable, values: dict[str, Any]) -> Sequence[Row[Any]]:
    """All rows that `query` returns. It may run twice."""
    return _with_reconnect(lambda connection: connection.execute(query, values).all())


def repeat(statement: Executable, values: dict[str, Any]) -> None:
    """Run a statement that may be run twice."""
    _with_reconnect(lambda connection: connection.execute(statement, values))


def once(statement: str, values: dict[str, Any]) -> Sequence[Any]:
    """Run psycopg's SQL that must not run twice: after a failed connection it may have been executed. Returns the first
    column of its rows."""
    with services().autocommit.connect() as connection:
        return connection.exec_driver_sql(statement, values).scalars().all()


def reader() -> Callable[[Executable, dict[str, Any]], Sequence[Row[Any]]]:
    """A function like `rows`, also where no app context is active any more: while a response is sent."""
    engine = services().autocommit
    return lambda query, values: _with_reconnect(lambda connection: connection.execute(query, values).all(), engine)


def _with_reconnect(work: Callable[[Connection], Answer], engine: Engine | None = None) -> Answer:
    """Try again after a dead connection. SQLAlchemy then discards all connections from before a restart of Postgres."""
    engine = engine or services().autocommit
    try:
        with engine.connect() as connection:
            return work(connection)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    with engine.connect() as connection:
        return work(connection)
