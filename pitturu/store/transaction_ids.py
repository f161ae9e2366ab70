"""Ids of Postgres' transactions, as columns of rows that are only added.

Ids of rows are numbered before their transactions commit, so a reader who goes on after the highest id misses rows that
commit late. Who reads the rows of all transactions below `OLDEST_IN_PROGRESS` misses none and reads none twice.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, func
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[str]):
    """Postgres' `xid8`: 64 bits, so it never starts again from the beginning. In Python it is the number as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


OLDEST_IN_PROGRESS: Final[ColumnElement[str]] = func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=Xid8)
"""SQL for: every transaction before this one has ended."""

NEXT_TO_BEGIN: Final[ColumnElement[str]] = func.pg_snapshot_xmax(func.pg_current_snapshot(), type_=Xid8)
"""SQL for: no transaction from this one on has begun."""

CURRENT: Final = func.pg_current_xact_id()
"""The default of such a column."""
