"""A database that follows ours and may be read where a moment's delay does no harm.

Nothing that has to see what it has just written reads here. A replica that is away, full or too far behind is passed
over without anybody noticing: the same question then goes to the database itself.
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

BEHIND: Final = timedelta(seconds=15)
"""How old the newest sign of life may be that has arrived there. Beat gives one with every sweep, so an old one means
that the replica is behind, or that nobody knows whether it is."""

LOOK: Final = timedelta(seconds=5)
"""How long a look at how far it is behind is believed."""

REST: Final = timedelta(seconds=10)
"""After a failure nobody asks it for this long, so that a replica which hangs slows down one request and not all."""

Row = TypeVar("Row")


class Replica:
    """Connections to the follower, and what is known of its health. One for a process; threads share it."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self._cooldown, self._known_to_follow = Cooldown(REST, now), Cooldown(LOOK, now)

    def ask(self, query: Select[Row]) -> Sequence[Row] | None:
        """The rows, belonging to no session any more; None when the follower cannot be asked now."""
        if self._cooldown.active:
            return None
        try:
            with Session(self.engine) as session:
                return session.scalars(query).all() if self._follows(session) else None
        except SQLAlchemyError as error:
            self._rest(plain(error)[:200])
            return None

    def _follows(self, session: Session) -> bool:
        if self._known_to_follow.active:
            return True
        newest = session.scalar(select(func.max(Heartbeat.seen_at)))
        if newest is None or clock.now() - newest > BEHIND:
            self._rest(f"its newest sign of life is of {newest}")
            return False
        self._known_to_follow.start()
        return True

    def _rest(self, reason: str) -> None:
        self._cooldown.start()
        self._known_to_follow.clear()
        log.warning("replica_passed_over", extra={"reason": reason, "next": "histories are read from the database"})


def follower(settings: Settings) -> Replica | None:
    """The follower, None where there is none; nothing is connected yet."""
    if not settings.database_replica_url:
        return None
    # Whoever finds all connections taken, or the host gone, is better served by the database itself.
    engine = engines.without_transactions(
        settings.sqlalchemy_replica_url,
        settings,
        pool_timeout=1,
        connect_args={"connect_timeout": 2, "application_name": "pitturu-replica"},
    )
    return Replica(engine)


def rows(query: Select[Row]) -> Sequence[Row]:
    """What `query` finds at the follower, or else here."""
    replica = services().replica
    found = replica.ask(query) if replica is not None else None
    return db.session.scalars(query).all() if found is None else found
