"""Runs migrations on the app's own engine, one runner at a time."""

from alembic import context
from flask import current_app
from sqlalchemy import text

MIGRATION_LOCK = 7_488_530
"""Any constant of ours: two releases at once take turns on this advisory lock."""

db = current_app.extensions["migrate"].db


def run_offline() -> None:
    """Print SQL for whoever applies it by hand (`flask db upgrade --sql`)."""
    context.configure(url=db.engine.url, target_metadata=db.metadata, literal_binds=True, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Migrate in one transaction: a migration that fails leaves the schema as it was."""
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
