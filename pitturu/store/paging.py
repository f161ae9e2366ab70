"""Pages of rows by their age: each page begins after the last row of the one before."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_

Query = TypeVar("Query", bound=Select[Any])


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
