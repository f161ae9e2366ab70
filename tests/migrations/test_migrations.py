"""Migrations on a fresh database: up, down, up again, and exactly the schema that the models describe."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, text

from pitturu import create_app
from pitturu.extensions import db
from tests.servers import fresh_database
from tests.values import settings_for

ROOT = Path(__file__).parents[2]
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
}


@pytest.fixture
def fresh() -> Iterator[Flask]:
    """An app on a database without any table."""
    with fresh_database() as url:
        app = create_app(settings_for(database_url=url))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


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


def test_up_down_and_up_again(fresh: Flask) -> None:
    upgrade()
    first = schema(db.engine)
    downgrade(revision="base")
    assert leftovers(db.engine) == {"alembic_version"}
    upgrade()
    assert schema(db.engine) == first


def test_the_migrations_make_what_the_models_say(fresh: Flask) -> None:
    """Alembic sees no difference; and neither do checks, defaults and partial indexes, at which it does not look."""
    upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    with fresh_database() as url:
        plain = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        db.metadata.create_all(plain)
        wanted = schema(plain)
        plain.dispose()
    migrated = schema(db.engine)
    for what, rows in wanted.items():
        assert migrated[what] == rows, what


def test_two_releases_at_once_take_turns() -> None:
    """Each is a process of its own, as on a platform that starts two machines; both end well."""
    with fresh_database() as url:
        program = (
            "from flask_migrate import upgrade; from pitturu import create_app;"
            "from tests.values import settings_for; import sys;"
            "app = create_app(settings_for(database_url=sys.argv[1]))\n"
            "with app.app_context(): upgrade()"
        )
        command = [sys.executable, "-c", program, url]
        both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
        for process in both:
            _, said = process.communicate(timeout=60)
            assert process.returncode == 0, said.decode()
