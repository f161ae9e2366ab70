"""Rows that a unit of work has gathered, written many at once."""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import TextClause, insert, text
from sqlalchemy.orm import Session

from pitturu.store import autocommit
from pitturu.store.base import Base

Rows = Mapping[type[Base], list[dict[str, Any]]]
ORM = os.environ.get("BENCH_INSERT") == "orm"


def complete(model: type[Base], columns: Mapping[str, object]) -> dict[str, Any]:
    """All columns of a new row but those that the database numbers or computes: as named, else by default, else empty.

    So all rows of a table have the same shape. Raises TypeError for a name that is no column.
    """
    defaults = _defaults(model)
    if unknown := columns.keys() - defaults.keys():
        raise TypeError(f"{model.__tablename__} has no {', '.join(sorted(unknown))}")
    return {name: columns[name] if name in columns else default() for name, default in defaults.items()}


@cache
def _defaults(model: type[Base]) -> dict[str, Callable[[], object]]:
    columns = model.__table__.columns
    return {
        column.name: _default(column.default)
        for column in columns
        if column.identity is None and column.computed is None
    }


def _default(default: Any) -> Callable[[], object]:
    """A default of SQLAlchemy's as a function; those that look at other columns are not for here."""
    if default is None:
        return lambda: None
    return (lambda: default.arg) if default.is_scalar else (lambda: default.arg(None))


def write(session: Session, rows: Rows, *, last: bool = False) -> None:
    """Write rows after those of the session, which they may refer to.

    `last` says that nothing comes after it: then it may be a transaction of its own.
    """
    if not rows:
        return
    session.flush()
    if ORM:
        for model in sorted(rows, key=_place):
            session.execute(insert(model), rows[model], execution_options={"render_nulls": True})
        return
    statement = _statement(tuple(rows))
    values = {
        model.__tablename__: json.dumps(of_model, default=str, ensure_ascii=False) for model, of_model in rows.items()
    }
    if last and not session.in_transaction():
        autocommit.once(statement, values)
    else:
        session.execute(statement, values)


@cache
def _place(model: type[Base]) -> int:
    """Tables that others refer to come first."""
    return Base.metadata.sorted_tables.index(model.__table__)  # type: ignore[arg-type]


@cache
def _statement(models: tuple[type[Base], ...]) -> TextClause:
    """Foreign keys are looked at when the whole statement is done, so a table may refer to another one of them."""
    inserts = ", ".join(f"into_{model.__tablename__} AS ({_insert(model)})" for model in models)
    return text(f"WITH {inserts} SELECT")


def _insert(model: type[Base]) -> str:
    # Names of tables and columns come from our own code; the values travel as one parameter a table.
    table, columns = model.__tablename__, ", ".join(_defaults(model))
    rows = f"jsonb_populate_recordset(NULL::{table}, :{table})"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows}"  # noqa: S608
