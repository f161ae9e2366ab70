"""Rows that need an operator: those that ran out of tries, and those that need a decision."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain.work import Stuck
from pitturu.extensions import db
from pitturu.store.base import DueRow


@dataclass(frozen=True)
class StuckCase:
    """The rows of a table that wait for an operator for one reason, since when, and their label in metrics."""

    reason: Stuck
    since: InstrumentedAttribute[Any]
    condition: ColumnElement[bool]
    counted_as: str


class StuckRows(Protocol):
    """A kind of rows, with the cases in which a row waits for an operator."""

    @property
    def name(self) -> str:
        """The kind, as operators filter by it."""

    @property
    def table(self) -> type[DueRow]:
        """The table of the rows."""

    @property
    def stuck(self) -> Sequence[StuckCase]:
        """Every reason why a row may wait for an operator."""


@dataclass(frozen=True)
class Wanted:
    """A filter of stuck rows; None means any. `before`: only rows that are stuck since then or earlier."""

    kind: str | None = None
    reason: Stuck | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class StuckRow:
    """One row that waits for an operator, and since when."""

    kind: str
    reason: Stuck
    key: UUID
    since: datetime


def out_of_tries(table: type[DueRow]) -> StuckCase:
    """The case of dead rows, which every table of work has."""
    since: Any = table.dead_at
    return StuckCase(Stuck.DEAD, since, table.dead_at.is_not(None), f"dead_{table.__tablename__}")


def page(kinds: Iterable[StuckRows], wanted: Wanted, limit: int) -> Sequence[StuckRow]:
    """The rows that match the filter, the longest waiting first, at most `limit`."""
    parts = [_select(rows, case, wanted) for rows, case in _matching(kinds, wanted)]
    if not parts:
        return []
    together = db.session.execute(union_all(*parts).order_by("since", "key").limit(limit))
    return [StuckRow(kind, Stuck(reason), key, since) for kind, reason, key, since in together]


def count(kinds: Iterable[StuckRows], wanted: Wanted) -> dict[tuple[str, Stuck], int]:
    """How many rows of each case match the filter."""
    return {
        (rows.name, case.reason): db.session.scalars(
            select(func.count(rows.table.id)).where(*_conditions(case, wanted))
        ).one()
        for rows, case in _matching(kinds, wanted)
    }


def count_dead(kinds: Iterable[StuckRows], most: int) -> dict[str, int]:
    """How many rows of each kind ran out of tries, counted up to `most`; kinds without any are left out."""
    dead: dict[str, Any] = {rows.name: rows.table.dead_at for rows in kinds}
    some = {name: select(since.label("since")).where(since.is_not(None)).limit(most) for name, since in dead.items()}
    counts = [select(func.count()).select_from(one.subquery()).scalar_subquery().label(n) for n, one in some.items()]
    found = db.session.execute(select(*counts)).mappings().one()
    return {name: count for name, count in found.items() if count}


def row_of(kinds: Iterable[StuckRows], stuck: StuckRow) -> DueRow:
    """The row, as this transaction sees it."""
    table = next(rows.table for rows in kinds if rows.name == stuck.kind)
    return db.session.scalars(select(table).where(table.id == stuck.key)).one()


def _matching(kinds: Iterable[StuckRows], wanted: Wanted) -> Iterator[tuple[StuckRows, StuckCase]]:
    for rows in kinds:
        for case in rows.stuck:
            if wanted.kind in (None, rows.name) and wanted.reason in (None, case.reason):
                yield rows, case


def _conditions(case: StuckCase, wanted: Wanted) -> list[ColumnElement[bool]]:
    return [case.condition, *([case.since <= wanted.before] if wanted.before else [])]


def _select(rows: StuckRows, case: StuckCase, wanted: Wanted) -> Select[Any]:
    """SQL for the rows of a case: kind, reason, key, since."""
    names = literal(rows.name), literal(str(case.reason))
    query = select(*names, rows.table.id.label("key"), case.since.label("since"))
    return query.where(*_conditions(case, wanted))
