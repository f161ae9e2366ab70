"""Which work is due, as a sweep finds it, for tests that run workers hundreds of times."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from pitturu.domain import clock
from pitturu.payments.handlers import AnyJobHandler
from pitturu.services import services
from pitturu.store import claims

Kind = tuple[str, Any, tuple[Any, ...]]
"""The name of a kind of work, the table of its rows, and the conditions that tell them from rows of other kinds."""


def due_work(handlers: Sequence[AnyJobHandler]) -> set[str]:
    """The kinds of work that are due now. A sweep makes a query for each kind; here one statement asks about all,
    outside of a transaction: in one round trip to the database instead of three."""
    query, parameters = _query(tuple((job.name, job.rows.table, job.due_rows) for job in handlers))
    now = clock.now()
    values = {name: now if isinstance(value, datetime) else value for name, value in parameters.items()}
    with services().autocommit.connect() as connection:
        return set(connection.exec_driver_sql(query, values).scalars())


@cache
def _query(kinds: tuple[Kind, ...]) -> tuple[str, dict[str, Any]]:
    """Selects the names of the kinds that have a row which a worker may claim. Every time among its parameters stands
    for the moment of the question. Compiled once, because that takes longer than Postgres needs for the answer."""
    each = [
        select(literal(str(name))).where(exists().where(*claims.ready(table), *conditions))
        for name, table, conditions in kinds
    ]
    compiled = union_all(*each).compile(dialect=PGDialect_psycopg(), compile_kwargs={"render_postcompile": True})
    return str(compiled), dict(compiled.params)
