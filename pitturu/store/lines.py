"""Lines that are only ever added: gathered, and written when the transaction ends, in one statement a table.

Written one by one they would be most of what a verified payment costs. Whoever reads such a table in the middle of a
transaction calls `write` first.
"""

import json
from typing import Any

from sqlalchemy import text

from pitturu.extensions import db
from pitturu.store import held


def add(table: str, **values: Any) -> None:
    """Gather one line. All lines of a table name the same columns; values are what JSON and `str` can say."""
    held.rows("lines").setdefault(table, []).append(values)


def write() -> None:
    """Write what has gathered, after the rows that it refers to."""
    gathered = held.rows("lines")
    if not gathered:
        return
    db.session.flush()
    for table, lines in gathered.items():
        columns = ", ".join(lines[0])
        # Names of tables and columns come from our own code, the values travel as one parameter.
        statement = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, :lines)"  # noqa: S608, E501
        db.session.execute(text(statement), {"lines": json.dumps(lines, default=str, ensure_ascii=False)})
    gathered.clear()
