"""Runs migrations on the application's engine, one process at a time."""

from alembic import context
from flask import current_app
from sqlalchemy import text

MIGRATION_LOCK = 7_488_530
"""The key of an advisory lock: concurrent deployments migrate one after the other."""

db = current_app.extensions["migrate"].db


def run_offline() -> None:
    """Print the SQL, to be executed by hand (`flask db upgrade --sql`)."""
    context.configure(url=db.engine.url, target_metadata=db.metadata, literal_binds=True, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Migrate in one transaction: a failed migration leaves the schema unchanged."""
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=False)
        with context.begin_transaction():
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
