"""A pool of database connections that counts how many are in use, and who waits for one."""

from typing import Any, Final

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from pitturu import instruments

UNNAMED: Final = "unnamed"


class MeasuredPool(QueuePool):
    """SQLAlchemy's QueuePool, whose `logging_name` is the pool's name in metrics.

    SQLAlchemy has no event for a wait or its timeout, so the two methods that a kind of pool defines are extended. Two
    settings of a gauge are the cost of a connection that is taken and returned.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        name = self.logging_name or UNNAMED
        self._checked_out = instruments.pool_checked_out.labels(name)
        self._waiting = instruments.pool_waiting.labels(name)
        self._timeouts = instruments.pool_timeouts.labels(name)
        instruments.pool_connections.labels(name).set(self.size())

    def _do_get(self) -> ConnectionPoolEntry:
        """A connection. Raises SQLAlchemy's TimeoutError when none becomes free in time."""
        waits = self.checkedout() >= self.size()
        if waits:
            self._waiting.inc()
        try:
            entry = super()._do_get()
        except PoolTimeout:
            self._timeouts.inc()
            raise
        finally:
            if waits:
                self._waiting.dec()
        self._checked_out.set(self.checkedout())
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        """Take the connection back."""
        super()._do_return_conn(record)
        self._checked_out.set(self.checkedout())
