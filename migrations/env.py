"""Runs migrations on the application's engine, one process at a time."""

from alembic import context
from alembic.util import CommandError
from flask import current_app
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

MIGRATION_LOCK = 7_488_530
"""The key of an advisory lock: concurrent deployments migrate one after the other."""

TABLE_LOCK_TIMEOUT = "3s"
"""Whoever needs a table waits behind a migration that waits for it: buyers for this long at most."""

db = current_app.extensions["migrate"].db


def run_offline() -> None:
    """Print the SQL, to be executed by hand (`flask db upgrade --sql`)."""
    context.configure(url=db.engine.url, target_metadata=db.metadata, literal_binds=True, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Migrate in one transaction: a failed migration leaves the schema unchanged."""
    try:
        with db.engine.connect() as connection:
            context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=False)
            with context.begin_transaction():
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                # Waiting for another deployment holds nobody up.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_LOCK_TIMEOUT}'"))
                context.run_migrations()
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise CommandError(
            f"Another transaction held a lock that the migration needs for more than {TABLE_LOCK_TIMEOUT}. Nothing was "
            "changed; run it again. If that repeats, pg_stat_activity shows the transaction that stays open."
        ) from error


if context.is_offline_mode():
    run_offline()
else:
    run_online()
