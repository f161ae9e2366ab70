"""Connection pools of Postgres: of the database, of a replica, and behind a PgBouncer."""

import logging
from typing import Any, Final

from sqlalchemy import Engine, NullPool, create_engine, event

from pitturu.config.settings import Settings
from pitturu.store.errors import hide_rows
from pitturu.store.pool import MeasuredPool

TIMEOUTS: Final = "-c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
"""Milliseconds. No statement of ours normally takes seconds; one that does holds locks that buyers wait for."""

log = logging.getLogger(__name__)


def options(settings: Settings, pool_name: str = "transactions") -> dict[str, Any]:
    """Arguments of `create_engine`. `pool_name` is what metrics call its pool."""
    return {
        "poolclass": MeasuredPool,
        "pool_logging_name": pool_name,
        "pool_size": settings.database_pool,
        "max_overflow": 0,
        # Under load, requests wait this long for a connection, then get 503 and Retry-After.
        "pool_timeout": 10,
        "pool_recycle": 1800,
        # After a restart of Postgres, dead connections in the pool are replaced instead of causing errors.
        "pool_pre_ping": True,
        # Parameters hold names and addresses: they are not shown in errors, and `hide_rows` removes the values that
        # Postgres adds itself.
        "hide_parameters": True,
        "connect_args": _connect_args(settings),
    }


def autocommit_engine(url: str, settings: Settings, pool_name: str, **overrides: Any) -> Engine:
    """An engine in autocommit mode; nothing is connected yet.

    `overrides` replace `options`; `connect_args` in them are added to the default ones.
    """
    defaults = options(settings, pool_name)
    connect_args = defaults["connect_args"] | overrides.pop("connect_args", {})
    # A ping of each connection would be a second round trip: callers handle dead connections themselves.
    autocommit = {
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
        "pool_pre_ping": False,
        "connect_args": connect_args,
    }
    engine = create_engine(url, **defaults | autocommit | overrides)
    hide_rows(engine)
    return engine


def unpooled_engine(url: str, settings: Settings) -> Engine:
    """An engine that keeps no connection open between uses, for threads that rarely need one."""
    connect_args = _connect_args(settings)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=connect_args)
    hide_rows(engine)
    return engine


def _connect_args(settings: Settings) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "connect_timeout": 5,
        "application_name": "pitturu",
        # A database host that does not respond is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20000,
    }
    if settings.database_pooler == "transaction":
        # The next transaction may run on another server connection, without the statements prepared on this one.
        # PgBouncer refuses startup options, so the timeouts must be set on the role (docs/scale.md).
        return defaults | {"prepare_threshold": None}
    return defaults | {"options": TIMEOUTS}


def warn_without_timeouts(engine: Engine) -> None:
    """Behind a PgBouncer the timeouts must be set on the role: log a warning at the first connection if not."""

    def check(connection: Any, _record: Any) -> None:
        timeout = connection.execute("SHOW statement_timeout").fetchone()[0]
        connection.rollback()
        if timeout == "0":
            log.warning(
                "no_statement_timeout", extra={"next": "ALTER ROLE ... SET statement_timeout = '20s'; docs/scale.md"}
            )

    event.listen(engine, "first_connect", check)
