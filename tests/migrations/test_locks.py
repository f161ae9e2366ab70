"""Which tables each migration locks, and for how long: docs/deploying.md says so, and is compared with the database.

A lock is held to the end of the transaction, so it is the other statements of the same transaction that make it long:
those that rewrite a table, change all of its rows, or read all of them (an index, a constraint).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, event, text

from pitturu.extensions import MIGRATIONS, db
from tests.architecture.sources import ROOT

TABLES = """
    SELECT oid::bigint, relname, relfilenode::bigint FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"""
LOCKS = "SELECT relation::bigint, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"
BLOCKS_ALL, BLOCKS_WRITES = {"AccessExclusiveLock"}, {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock"}
READS_ALL = (
    r"CREATE (?:UNIQUE )?INDEX \S+ ON (\w+)",
    r"ALTER TABLE (\w+) ADD CONSTRAINT (?!.*NOT VALID)",
    r"ALTER TABLE (\w+) VALIDATE",
    r"ALTER TABLE (\w+) ALTER COLUMN \w+ SET NOT NULL",
)
CHANGES_ALL = (r"UPDATE (\w+)",)


@dataclass
class Work:
    """What one migration did to tables that were there before it."""

    all_blocked: set[str] = field(default_factory=set)
    writes_blocked: set[str] = field(default_factory=set)
    rewritten: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    def line(self, revision: str) -> str:
        """Its line of the table in docs/deploying.md."""
        columns = (self.all_blocked, self.writes_blocked - self.all_blocked, self.rewritten, self.changed, self.read)
        cells = [", ".join(f"`{name}`" for name in sorted(one)) or "–" for one in columns]
        return f"| {revision} | {' | '.join(cells)} |"


@contextmanager
def watched() -> Iterator[Work]:
    """Watches one migration, which must be one transaction."""
    work, engine, statements = Work(), db.engine, list[str]()
    with engine.connect() as connection:
        before = {oid: (name, file) for oid, name, file in connection.execute(text(TABLES))}
    known = {name for name, _ in before.values()}

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        statements.append(" ".join(statement.split()))

    def look(connection: Connection) -> None:
        cursor = connection.connection.cursor()
        for oid, mode in cursor.execute(LOCKS).fetchall():
            for wanted, place in ((BLOCKS_ALL, work.all_blocked), (BLOCKS_WRITES, work.writes_blocked)):
                if oid in before and mode in wanted:
                    place.add(before[oid][0])
        work.rewritten |= {
            name for oid, name, file in cursor.execute(TABLES).fetchall() if before.get(oid, (0, file))[1] != file
        }

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", look)
    try:
        yield work
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", look)
    for place, patterns in ((work.changed, CHANGES_ALL), (work.read, READS_ALL)):
        for pattern in patterns:
            place |= {name for one in statements for name in re.findall(pattern, one)} & known


def test_the_locks_of_every_migration_are_documented(fresh: Flask) -> None:
    lines = []
    revisions = reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))
    for revision in (one.revision for one in revisions):
        with watched() as work:
            upgrade(revision=revision)
        lines.append(work.line(revision))

    documented = (ROOT / "docs" / "deploying.md").read_text().splitlines()
    missing = [line for line in lines if line not in documented]
    assert missing == [], "Put these lines in docs/deploying.md, Migrations and their locks:\n" + "\n".join(missing)
