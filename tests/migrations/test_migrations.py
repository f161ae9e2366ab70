"""Migrations on a fresh database: up, down, up again, and exactly the schema that the models describe."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from pitturu.extensions import db
from pitturu.store.transaction_ids import Xid8
from tests.servers import fresh_database

MIGRATION_LOCK = 7_488_530
"""The constant in migrations/env.py, which can only be imported by Alembic."""

SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity,
               generation_expression
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
}


def schema(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """Everything that can be compared about the tables."""
    with engine.connect() as connection:
        return {what: {tuple(row) for row in connection.execute(text(query))} for what, query in SCHEMA.items()}


def leftovers(engine: Engine) -> set[str]:
    """Tables, functions and triggers in the database."""
    query = """
        SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"""
    with engine.connect() as connection:
        return set(connection.scalars(text(query)))


def test_up_down_and_up_again(migrated: Flask) -> None:
    first = schema(db.engine)
    downgrade(revision="base")
    assert leftovers(db.engine) == {"alembic_version"}
    upgrade()
    assert schema(db.engine) == first


def test_the_migrations_match_the_models(migrated: Flask) -> None:
    """Alembic sees no difference; and neither do checks, defaults and partial indexes, at which it does not look."""
    ischema_names["xid8"] = Xid8
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    with fresh_database() as url:
        plain = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        db.metadata.create_all(plain)
        wanted = schema(plain)
        plain.dispose()
    found = schema(db.engine)
    for what, rows in wanted.items():
        assert found[what] == rows, what


def test_two_releases_at_once_take_turns(fresh: Flask) -> None:
    """While another process migrates and holds the lock, ours waits; then it continues."""

    def migrate() -> None:
        with fresh.app_context():
            upgrade()

    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :key")
    with db.engine.connect() as other, ThreadPoolExecutor(1) as threads:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        ours = threads.submit(migrate)
        while not other.scalar(waiting, {"key": MIGRATION_LOCK}):
            assert not ours.done(), "it did not wait"
        assert leftovers(db.engine) == set()
        other.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        ours.result(60)
    assert "payment_sessions" in leftovers(db.engine)


def test_a_migration_that_gets_no_lock_holds_nobody_up(fresh: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """Everybody else waits behind the lock that a migration waits for, so it gives up soon and says what to do."""
    upgrade(revision="0019")
    with db.engine.connect() as other, ThreadPoolExecutor(1) as threads:
        other.execute(text("LOCK TABLE payment_cancellations IN ROW EXCLUSIVE MODE"))

        def migrate() -> None:
            with fresh.app_context():
                upgrade(revision="0020")

        with pytest.raises(SystemExit):
            threads.submit(migrate).result(60)
        assert "Nothing was changed; run it again" in caplog.text
        assert other.scalar(text("SELECT version_num FROM alembic_version")) == "0019"
    upgrade(revision="0020")
