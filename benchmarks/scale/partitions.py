"""Whether monthly partitions of the timeline pay off: a million rows in one table and in twelve, compared.

Measured for both: how fast lines are inserted, how fast a session's lines are found, and how fast a month is deleted.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import psycopg

from benchmarks.environment import Environment

MONTHS: Final = 12
BATCH: Final = 1000
"""Rows per commit; the worker commits fewer, so the cost of a commit has less weight here and that of a row more."""

LOOKS: Final = 2000

COLUMNS: Final = """
    id bigint GENERATED ALWAYS AS IDENTITY, session_key uuid NOT NULL, payment_key uuid,
    at timestamptz NOT NULL, kind varchar(30) NOT NULL, from_status varchar(50), to_status varchar(50),
    amount integer NOT NULL DEFAULT 0, cause varchar(30) NOT NULL, origin varchar(10) NOT NULL,
    name varchar(255), actor varchar(255) GENERATED ALWAYS AS (coalesce(name, origin)) STORED NOT NULL,
    provider_status varchar(50), detail varchar(500), request_id varchar(64)
"""
"""The indexes of `payment_events`."""

WHOLE: Final = (
    f"CREATE TABLE whole ({COLUMNS}, PRIMARY KEY (id))",
    "CREATE INDEX ON whole (session_key, id)",
)
PARTED: Final = (
    # Postgres requires the partition key in every unique index, so `id` alone cannot be the primary key.
    f"CREATE TABLE parted ({COLUMNS}, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
    "CREATE INDEX ON parted (session_key, id)",
    *(
        f"CREATE TABLE parted_{month:02d} PARTITION OF parted"
        f" FOR VALUES FROM ('2025-{month:02d}-01') TO ('{2025 + month // 12}-{month % 12 + 1:02d}-01')"
        for month in range(1, MONTHS + 1)
    ),
)

FILL: Final = """
INSERT INTO {table} (session_key, at, kind, from_status, to_status, amount, cause, origin, provider_status, request_id)
SELECT md5((n / 5)::text)::uuid, timestamptz '2025-01-01' + (n * 364.0 / %(rows)s) * interval '1 day',
       'status', 'prepared', 'paid', 1000, 'verify', 'portone', 'paid', 'req-' || n
FROM generate_series(%(since)s::bigint, %(since)s::bigint + %(count)s - 1) AS n
"""
"""Five lines per session, ordered by time."""

LOOK: Final = "SELECT * FROM {table} WHERE session_key = md5(%(session)s::text)::uuid {when} ORDER BY id"
"""The query of the payment page: by session. Only a query that knows the time can name the month."""

FORGET: Final = {
    "whole": "DELETE FROM whole WHERE at < '2025-02-01'",
    "parted": "DROP TABLE parted_01",
}


@dataclass(frozen=True)
class Figures:
    """Rows per second in the first and the last tenth, milliseconds per query, seconds to delete a month, bytes."""

    first: float
    last: float
    look: float
    look_when: float
    forget: float
    size: int


def measure(here: Environment, rows: int) -> None:
    """Print the figures of both tables."""
    with psycopg.connect(here.database, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        for statement in (*WHOLE, *PARTED):
            connection.execute(statement)
        speeds = _fill(connection, rows)
        connection.execute("VACUUM ANALYZE")
        found = {table: _look_and_forget(connection, table, rows, speeds[table]) for table in ("whole", "parted")}
    print(f"{rows:,} rows in one table and in {MONTHS} partitions")
    for table, figures in found.items():
        print(
            f"{table:7} added {figures.first:8,.0f}/s at first, {figures.last:8,.0f}/s at last;"
            f" a session's lines {figures.look:.3f} ms, with its month known {figures.look_when:.3f} ms;"
            f" a month forgotten in {figures.forget:.3f} s; {figures.size / 2**20:,.0f} MiB"
        )


def _fill(connection: psycopg.Connection, rows: int) -> dict[str, Sequence[float]]:
    """Insert batches alternately, so that a machine that slows down affects both; returns rows per second."""
    taken: dict[str, list[float]] = {"whole": [], "parted": []}
    for since in range(0, rows, BATCH):
        for table, times in taken.items():
            begun = time.perf_counter()
            connection.execute(FILL.format(table=table), {"since": since, "count": BATCH, "rows": rows})
            times.append(time.perf_counter() - begun)
    tenth = max(len(taken["whole"]) // 10, 1)
    return {table: [BATCH / median(times[:tenth]), BATCH / median(times[-tenth:])] for table, times in taken.items()}


def _look_and_forget(connection: psycopg.Connection, table: str, rows: int, speeds: Sequence[float]) -> Figures:
    size = connection.execute(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE %s", [f"{table}%"]
    ).fetchone()
    look = _looks(connection, LOOK.format(table=table, when=""), rows)
    when = "AND at >= timestamptz '2025-01-01' + %(day)s * interval '1 day' - interval '1 day'"
    when += " AND at < timestamptz '2025-01-01' + %(day)s * interval '1 day' + interval '1 day'"
    look_when = _looks(connection, LOOK.format(table=table, when=when), rows)
    begun = time.perf_counter()
    connection.execute(FORGET[table])
    if table == "whole":
        # Deleted rows occupy space until a VACUUM, which is part of the cost.
        connection.execute("VACUUM whole")
    return Figures(*speeds, look, look_when, time.perf_counter() - begun, int(size[0]) if size else 0)


def _looks(connection: psycopg.Connection, query: str, rows: int) -> float:
    """The median duration in milliseconds of a query for a session within the year."""
    taken = []
    for turn in range(LOOKS):
        number = turn * (rows // LOOKS)
        begun = time.perf_counter()
        connection.execute(query, {"session": number // 5, "day": number * 364.0 / rows}).fetchall()
        taken.append(time.perf_counter() - begun)
    return median(taken) * 1000
