"""Inserts rows of several tables with one statement, in autocommit mode if a unit of work does nothing else.

SQLAlchemy's `insert(Model)` with a list needs a statement for each table, BEGIN and COMMIT. In
`make bench` it takes 15 % more processor time for a session opened, 40 % more with an `Idempotency-Key` (decision 18).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, insert, psycopg

from pitturu.extensions import db, session_in_use
from pitturu.store import autocommit, reservation
from pitturu.store.base import Base
from pitturu.store.reservation import Reservation

Rows = Mapping[type[Base], list[dict[str, Any]]]


def complete(model: type[Base], columns: Mapping[str, object]) -> dict[str, Any]:
    """All columns of a new row except those that the database sets: the given value, else the default, else None.

    So all rows of a table have the same columns. Raises TypeError for a name that is no column.
    """
    defaults = _defaults(model)
    if unknown := columns.keys() - defaults.keys():
        raise TypeError(f"{model.__tablename__} has no {', '.join(sorted(unknown))}")
    return {name: columns[name] if name in columns else default() for name, default in defaults.items()}


@cache
def _defaults(model: type[Base]) -> dict[str, Callable[[], object]]:
    columns = model.__table__.columns
    return {column.name: _default(column.default) for column in columns if not _set_by_database(column)}


def _set_by_database(column: Any) -> bool:
    """Identity and computed columns, and those with a default that only the database has."""
    return column.server_default is not None and column.default is None


def _default(default: Any) -> Callable[[], object]:
    """A column's default as a function. Defaults that read other columns are not supported."""
    if default is None:
        return lambda: None
    return (lambda: default.arg) if default.is_scalar else (lambda: default.arg(None))


def write(rows: Rows, wanted: Mapping[UUID, int] = MappingProxyType({}), *, last: bool = False) -> Collection[UUID]:
    """Write rows after those of the session, which they may refer to, and reserve pieces of stock by item for them.

    Nothing is written or reserved when any item has too few pieces: those items are returned. `last` says that no
    statement follows: then autocommit mode may be used.
    """
    if not rows and not wanted:
        return ()
    if session_in_use():
        db.session.flush()
    reserving, pieces = reservation.of(wanted)
    statement, constants = _compiled(tuple(rows), reserving)
    values: dict[str, Any] = {model.__tablename__: _ENCODER.encode(new) for model, new in rows.items()}
    values |= {**pieces, **constants}
    if last and not (session_in_use() and db.session().in_transaction()):
        found = autocommit.once(statement, values)
    else:
        found = db.session.connection().exec_driver_sql(statement, values).scalars().all()
    return found if wanted else ()


def plain(value: object) -> str:
    """A value as Postgres parses it. Raises TypeError for a type that no column has."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime | UUID):
        return str(value)
    raise TypeError(f"no column holds a {type(value).__name__}")


_ENCODER: Final = json.JSONEncoder(default=plain, ensure_ascii=False)


@cache
def _compiled(models: tuple[type[Base], ...], reserving: Reservation | None) -> tuple[str, Mapping[str, Any]]:
    """SQL of `_statement` and the values of its constants.

    It is compiled once: to find it in SQLAlchemy's cache takes as long as a fifth of its execution, because the key
    names every column. Postgres and psycopg convert all of its parameters as they are.
    """
    compiled = _statement(models, reserving).compile(dialect=psycopg.dialect())  # type: ignore[no-untyped-call]
    return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}


def _statement(models: tuple[type[Base], ...], reserving: Reservation | None) -> Select[Any]:
    """Foreign keys are checked at the end of the statement, so the tables may refer to each other."""
    if reserving is None:
        return select(literal(1)).add_cte(*(_insert(model, true()) for model in models))
    return reserving.short.add_cte(reserving.taken, *(_insert(model, reserving.enough) for model in models))


def _insert(model: type[Base], condition: ColumnElement[bool]) -> CTE:
    """SQL for: insert the rows of the JSON parameter with the name of the table, those of `inserted_once_by` once."""
    table: Any = model.__table__
    names = list(_defaults(model))
    # Without the name of their table: psycopg parses statements of more than 4096 characters anew each time.
    values: Any = select(*map(column, names)).select_from(rows_of(table, table.name, names)).where(condition)
    added = insert(table).from_select(names, values, include_defaults=False)
    if model.inserted_once_by is not None:
        added = added.on_conflict_do_nothing(index_elements=[model.inserted_once_by])
    return added.cte(f"into_{table.name}")


def rows_of(table: Any, parameter: str, names: Iterable[str]) -> TableValuedAlias:
    """SQL for: these columns of rows of this table, which a JSON parameter holds."""
    given = bindparam(parameter, type_=Text).cast(JSONB)
    return func.jsonb_populate_recordset(literal_column(f"NULL::{table.name}"), given).table_valued(*names)
