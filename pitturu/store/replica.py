"""A streaming replica of the database, for queries that may return slightly old data.

It is not used where a request must see its own writes. If the replica is unavailable, has no free connection, or lags
too much, the query runs on the primary database instead.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain import clock
from pitturu.extensions import db
from pitturu.services import services
from pitturu.store import engines
from pitturu.store.errors import plain
from pitturu.store.heartbeats import Heartbeat

log = logging.getLogger(__name__)

MAX_LAG: Final = timedelta(seconds=15)
"""How old the newest heartbeat in the replica may be. Every sweep writes one, so an old one means that the replica
lags, or that its lag is unknown."""

LAG_CHECK_INTERVAL: Final = timedelta(seconds=5)
"""How long the result of a lag check is valid."""

PAUSE: Final = timedelta(seconds=10)
"""After a failure the replica is not used for this long, so that one that hangs delays one request and not all."""

Row = TypeVar("Row")


class Replica:
    """Connections to the replica, and its state. One for a process; threads share it."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self._cooldown, self._lag_checked = Cooldown(PAUSE, now), Cooldown(LAG_CHECK_INTERVAL, now)

    def read(self, query: Select[Row]) -> Sequence[Row] | None:
        """The rows, detached from any session; None when the replica cannot be used now."""
        if self._cooldown.active:
            return None
        try:
            with Session(self.engine) as session:
                return session.scalars(query).all() if self._is_current(session) else None
        except SQLAlchemyError as error:
            self._pause(plain(error)[:200])
            return None

    def _is_current(self, session: Session) -> bool:
        if self._lag_checked.active:
            return True
        newest = session.scalar(select(func.max(Heartbeat.seen_at)))
        if newest is None or clock.now() - newest > MAX_LAG:
            self._pause(f"its newest heartbeat is of {newest}")
            return False
        self._lag_checked.start()
        return True

    def _pause(self, reason: str) -> None:
        self._cooldown.start()
        self._lag_checked.clear()
        log.warning(
            "replica_passed_over", extra={"reason": reason, "next": "histories are read from the primary database"}
        )


def make_replica(settings: Settings) -> Replica | None:
    """The configured replica, or None; nothing is connected yet."""
    if not settings.database_replica_url:
        return None
    # Short timeouts: if no connection is free or the host is down, the primary database is faster.
    engine = engines.autocommit_engine(
        settings.sqlalchemy_replica_url,
        settings,
        "replica",
        pool_timeout=1,
        connect_args={"connect_timeout": 2, "application_name": "pitturu-replica"},
    )
    return Replica(engine)


def rows(query: Select[Row]) -> Sequence[Row]:
    """The rows of `query`, from the replica or else from the primary database."""
    replica = services().replica
    found = replica.read(query) if replica is not None else None
    return db.session.scalars(query).all() if found is None else found
