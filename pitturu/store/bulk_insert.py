"""Rows that a piece of work adds: gathered, and written at its end, all of them in one statement.

Written one by one they would be most of what a verified payment costs. Where they are all that a piece of work does,
the statement is its whole transaction. Whoever reads such a table in the middle calls `write` first.
"""

import json
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from pitturu.extensions import db
from pitturu.store import autocommit, locked_rows


def add(table: str, **values: Any) -> None:
    """Gather one row. All rows of a table name the same columns; values are what JSON and `str` can say."""
    locked_rows.rows("lines").setdefault(table, []).append(values)


def write(*, last: bool = False) -> None:
    """Write what has gathered, after the rows of this transaction that it refers to.

    `last` says that nothing comes after it: then it may be a transaction of its own.
    """
    gathered = locked_rows.rows("lines")
    if not gathered:
        return
    db.session.flush()
    statement = _statement(tuple((table, tuple(rows[0])) for table, rows in gathered.items()))
    values = {table: json.dumps(rows, default=str, ensure_ascii=False) for table, rows in gathered.items()}
    if last and not db.session().in_transaction():
        autocommit.once(statement, values)
    else:
        db.session.execute(statement, values)
    gathered.clear()


@cache
def _statement(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> TextClause:
    """Foreign keys are looked at when the whole statement is done, so a table may refer to another one of them."""
    inserts = ", ".join(f"into_{table} AS ({_insert(table, ', '.join(columns))})" for table, columns in tables)
    return text(f"WITH {inserts} SELECT")


def _insert(table: str, columns: str) -> str:
    # Names of tables and columns come from our own code; the values travel as one parameter a table.
    rows = f"jsonb_populate_recordset(NULL::{table}, :{table})"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows}"  # noqa: S608
