"""Statements that are a transaction of their own: one trip to the database instead of three.

They run on connections that never begin anything, beside the transaction of the present piece of work: nothing is seen
here that was not committed, and what is done here stays done.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

from pitturu.config.settings import Settings
from pitturu.services import services
from pitturu.store import engines

Answer = TypeVar("Answer")

CONNECTIONS: Final = 5
"""Per process, besides those for transactions. Each is taken for about a millisecond."""


def make_engine(settings: Settings) -> Engine:
    """The engine for such statements; nothing is connected yet."""
    return engines.without_transactions(
        settings.sqlalchemy_url,
        settings,
        pool_size=min(CONNECTIONS, settings.database_pool),
        # Nothing was begun, so there is nothing to undo when a connection goes back.
        pool_reset_on_return=None,
    )


def first(query: Executable, values: dict[str, Any]) -> Row[Any] | None:
    """The first row that `query` reads."""
    return _patiently(lambda connection: connection.execute(query, values).first())


def repeat(statement: Executable, values: dict[str, Any]) -> None:
    """Run a statement that may be run twice."""
    _patiently(lambda connection: connection.execute(statement, values))


def once(statement: Executable, values: dict[str, Any]) -> None:
    """Run a statement that must not be run twice: when the connection dies, nobody knows what became of it."""
    with _engine().connect() as connection:
        connection.execute(statement, values)


def _patiently(work: Callable[[Connection], Answer]) -> Answer:
    """Once more after a connection that had died: all that are left from before a restart of Postgres go at once."""
    try:
        with _engine().connect() as connection:
            return work(connection)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    with _engine().connect() as connection:
        return work(connection)


def _engine() -> Engine:
    return services().autocommit
