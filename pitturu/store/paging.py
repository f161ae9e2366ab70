"""Pages of rows by their age: each page begins after the last row of the one before."""

from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from pitturu.extensions import db

Query = TypeVar("Query", bound=Select[Any])

MOST_COUNTED: Final = 1_000
"""Rows that `total` counts at the most: of more, nobody needs the number."""


def made_between(query: Query, table: Any, since: datetime | None, until: datetime | None) -> Query:
    """The query for rows of a table with `created_at` from `since` on and before `until`; None: no limit."""
    if since is not None:
        query = query.where(table.created_at >= since)
    if until is not None:
        query = query.where(table.created_at < until)
    return query


def newest_first(query: Query, table: Any, before: tuple[datetime, UUID] | None, limit: int) -> Query:
    """The query for one page of a table with `created_at` and `id`, at most `limit` rows. `before` is the last row of
    the page before."""
    if before is not None:
        query = query.where(tuple_(table.created_at, table.id) < before)
    return query.order_by(table.created_at.desc(), table.id.desc()).limit(limit)


def total(query: Select[Any]) -> int:
    """How many rows a query has, counted up to MOST_COUNTED."""
    return db.session.scalars(select(func.count()).select_from(query.limit(MOST_COUNTED).subquery())).one()
