"""How Postgres executes a query when tables are large: without reading a whole table, and without sorting one."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event, text

from pitturu.extensions import db

OTHERS_INVALID = """
UPDATE pg_index SET indisvalid = false WHERE NOT indisunique AND indexrelid <> %(index)s::regclass
AND indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = %(index)s::regclass)
"""


FIRST_COLUMNS = """
SELECT c.relname, pg_get_indexdef(i.indexrelid, 1, true)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace
"""

SCAN = r"\b(Seq|Index|Index Only|Bitmap Index) Scan\b"


def forget_statistics(connection: Connection) -> None:
    """Plan as for tables about which nothing is known, until the transaction is rolled back: statistics of the few rows
    that other tests had would let the planner read a whole table or index of them."""
    tables = "relnamespace = 'public'::regnamespace"
    connection.exec_driver_sql(f"UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE {tables}")
    connection.exec_driver_sql(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE {tables})")


def whole_reads(plan: str) -> list[str]:
    """The scans of a plan that no condition on the first column of an index narrows: each reads a whole table, or a
    whole index. To be called in an app context."""
    first = {str(index): str(column) for index, column in db.session.execute(text(FIRST_COLUMNS))}
    nodes: list[list[str]] = []
    for line in plan.splitlines():
        if " Scan " in line or "->" in line:
            nodes.append([])
        if nodes:
            nodes[-1].append(line.strip())
    return [node[0] for node in nodes if re.search(SCAN, node[0]) and not _is_narrowed(node, first)]


def _is_narrowed(scan: list[str], first: dict[str, str]) -> bool:
    index = re.search(r"Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)", scan[0])
    condition = next((line for line in scan if line.startswith("Index Cond")), "")
    return index is not None and first[index[1]] in condition


def sent_by(read: Callable[[], object]) -> list[tuple[str, Any]]:
    """The queries that `read` sends, with their values. To be called in an app context."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent


def plans(read: Callable[[], object], index: str | None = None, *, may_sort: bool = False) -> list[str]:
    """The plan of each query that `read` sends, with sequential scans and sorts avoided wherever an index allows it.

    To be called in an app context. A plan that still contains one has no index to use. Whether
    Postgres uses the index where it has the choice, only many rows with statistics show
    (`monitoring/test_scrape_backlog.py`). With `index`, no other index of its table may be used but unique ones: where
    several would do, Postgres chooses by what other tests left behind. `may_sort` is for the few rows of one order.
    """
    sent = sent_by(read)
    connection = db.session.connection()
    forget_statistics(connection)
    if index is not None:
        connection.exec_driver_sql(OTHERS_INVALID, {"index": index})
    for kind in ("seqscan",) if may_sort else ("seqscan", "sort"):
        connection.exec_driver_sql(f"SET LOCAL enable_{kind} = off")
    explained = [connection.exec_driver_sql(f"EXPLAIN {query}", values).scalars() for query, values in sent]
    return ["\n".join(lines) for lines in explained]
