"""How connections to Postgres are made and kept: to the database, to one that follows it, and past a PgBouncer."""

import logging
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event

from pitturu.config.settings import Settings
from pitturu.store.errors import hide_rows

TIMEOUTS: Final = "-c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
"""Milliseconds. No statement of ours takes seconds; one that does holds locks that buyers wait for."""

log = logging.getLogger(__name__)


def options(settings: Settings) -> dict[str, Any]:
    """Arguments of `create_engine`."""
    return {
        "pool_size": settings.database_pool,
        "max_overflow": 0,
        # Many requests at once wait this long for a connection, then get 503 and Retry-After instead of hanging.
        "pool_timeout": 10,
        "pool_recycle": 1800,
        # A restart of Postgres costs nobody a 503: connections that lie here since before it are noticed and replaced.
        "pool_pre_ping": True,
        # Values are people's names and addresses; an error in the log shows the statement without them, and
        # `hide_rows` takes away what Postgres itself adds.
        "hide_parameters": True,
        "connect_args": _connect_args(settings),
    }


def without_transactions(url: str, settings: Settings, **manner: Any) -> Engine:
    """An engine whose statements are each a transaction of their own; nothing is connected yet.

    `manner` is what differs from `options`; nested `connect_args` are added to the usual ones.
    """
    usual = options(settings)
    connect_args = usual["connect_args"] | manner.pop("connect_args", {})
    # To ask a connection first whether it lives would be a second trip: who uses this knows what to do about dead ones.
    alone = {"isolation_level": "AUTOCOMMIT", "pool_pre_ping": False, "connect_args": connect_args}
    engine = create_engine(url, **usual | alone | manner)
    hide_rows(engine)
    return engine


def _connect_args(settings: Settings) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "connect_timeout": 5,
        "application_name": "pitturu",
        # A database host that vanishes without a word is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20000,
    }
    if settings.database_pooler == "transaction":
        # The next transaction may run on another connection of PgBouncer's, which knows nothing of what was prepared
        # on this one. It refuses options at the start, so the role has to bring the limits (docs/scale.md).
        return usual | {"prepare_threshold": None}
    return usual | {"options": TIMEOUTS}


def look_for_limits(engine: Engine) -> None:
    """Behind a PgBouncer only the role can bring the limits; that it does not is said once, at the first connection."""

    def look(connection: Any, _record: Any) -> None:
        found = connection.execute("SHOW statement_timeout").fetchone()[0]
        connection.rollback()
        if found == "0":
            log.warning(
                "no_statement_timeout", extra={"next": "ALTER ROLE ... SET statement_timeout = '20s'; docs/scale.md"}
            )

    event.listen(engine, "first_connect", look)
