"""Empties the tables between two tests, a connection of its own: what an app has prepared on its connections stays."""

import psycopg

from pitturu.extensions import db

REPLICA = "-c session_replication_role=replica -c lock_timeout=10000"
"""As a replica the session fires no trigger: neither those that protect append-only tables, which would have to be
disabled and enabled again in the catalogue, whereupon every connection plans its statements anew, nor those of foreign
keys, which have nothing to check when every table is emptied. A connection that changes its role plans anew as well."""

FUNCTION = "CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {} END $$"
"""Its statements are planned once."""


class Tables:
    """All tables of one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[tuple[()]] | None = None

    def empty(self) -> None:
        """Delete every row. TRUNCATE would take a hundred times as long."""
        if self._connection is None:
            deletions = "".join(f"DELETE FROM {table.name};" for table in db.metadata.sorted_tables)
            self._connection = psycopg.connect(self._url, autocommit=True, options=REPLICA)
            self._connection.execute(FUNCTION.format(deletions))
        self._connection.execute("SELECT pg_temp.empty()")

    def disconnect(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
