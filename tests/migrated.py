"""The database of each process of a test run, with the schema of the migrations. A pytest plugin; tests/conftest.py
names it.

The first process that asks runs the migrations; every other one copies the result, which takes a tenth of the time.
"""

import hashlib
from collections.abc import Iterator

import pytest

from pitturu import create_app
from pitturu.extensions import MIGRATIONS, db
from tests.servers import create_database, drop_database, fresh_database, one_after_the_other, rename_database
from tests.values import settings_for

MIGRATING = 5_310_774
"""The key under which processes take turns."""


def template() -> str:
    """The name of a database that has seen every migration and has no rows. Its name changes with the migrations, since
    a server that runs elsewhere keeps it for later runs."""
    sources = b"".join(path.read_bytes() for path in sorted(MIGRATIONS.rglob("*.py")))
    name = f"test_migrated_{hashlib.sha256(sources).hexdigest()[:16]}"
    with one_after_the_other(MIGRATING) as databases:
        if name not in databases:
            unfinished = f"{name}_unfinished"
            drop_database(unfinished)
            _migrate(create_database(unfinished))
            rename_database(unfinished, name)
    return name


def _migrate(url: str) -> None:
    from flask_migrate import upgrade  # Here: most processes do without Alembic.

    app = create_app(settings_for(database_url=url), background=True)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The database of this process of the test run: all tables, and no rows."""
    with fresh_database(template()) as url:
        yield url
