"""Rows that need an operator: those that ran out of tries, and those that need a decision."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from pitturu.domain.work import Stuck
from pitturu.extensions import db
from pitturu.store import acknowledgements
from pitturu.store.base import DueRow, any_of


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
    """A filter of stuck rows; None means any. `before`: only rows that are stuck since then or earlier.
    `acknowledged`: those that operators have dealt with elsewhere, in place of those that wait."""

    kind: str | None = None
    reason: Stuck | None = None
    before: datetime | None = None
    acknowledged: bool = False


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
    return StuckCase(Stuck.DEAD, since, table.died(), f"dead_{table.__tablename__}")


def page(kinds: Iterable[StuckRows], wanted: Wanted, limit: int) -> Sequence[StuckRow]:
    """The rows that match the filter, the longest waiting first, at most `limit`."""
    parts = [_select(rows, case, wanted) for rows, case in _matching(kinds, wanted)]
    if not parts:
        return []
    together = db.session.execute(union_all(*parts).order_by("since", "key").limit(limit))
    return [StuckRow(kind, Stuck(reason), key, since) for kind, reason, key, since in together]


def count(kinds: Iterable[StuckRows], wanted: Wanted) -> dict[tuple[str, Stuck], int]:
    """How many rows of each case match the filter."""
    found: Counter[tuple[str, Stuck]] = Counter()
    for rows, case in _matching(kinds, wanted):
        query = select(func.count(rows.table.id)).where(*_conditions(rows, case, wanted))
        found[rows.name, case.reason] += db.session.scalars(query).one()
    return found


def count_dead(kinds: Iterable[StuckRows], most: int) -> dict[str, int]:
    """How many rows of each kind ran out of tries in a way that is an alert, counted up to `most`; kinds without any
    are left out."""
    some = {rows.name: select(rows.table.id).where(*_waiting(rows, out_of_tries(rows.table))) for rows in kinds}
    found = db.session.execute(counting(some, most)).mappings().one()
    return {name: count for name, count in found.items() if count}


def counting(some: Mapping[str, Select[Any]], most: int) -> Select[*tuple[Any, ...]]:
    """SQL for: how many rows each of these queries has, counted up to `most`; one column for each name."""
    counts = {name: select(func.count()).select_from(one.limit(most).subquery()) for name, one in some.items()}
    return select(*(count.scalar_subquery().label(name) for name, count in counts.items()))


def waiting(rows: StuckRows, case: StuckCase) -> Select[UUID]:
    """SQL for: the keys of the rows of a case that nobody has acknowledged."""
    return select(rows.table.id).where(*_waiting(rows, case))


def cases_of(rows: StuckRows, key: UUID) -> list[StuckCase]:
    """The cases in which this row waits for an operator, acknowledged or not."""
    this = select(rows.table.id).where(rows.table.id == key)
    return [case for case in rows.stuck if db.session.scalar(this.where(case.condition)) is not None]


def rows_of(kinds: Iterable[StuckRows], stuck: Sequence[StuckRow]) -> list[DueRow]:
    """The rows, as this transaction sees them, in the same order; one query for each kind."""
    found: dict[UUID, DueRow] = {}
    for rows in kinds:
        if keys := [one.key for one in stuck if one.kind == rows.name]:
            found |= {
                row.id: row for row in db.session.scalars(select(rows.table).where(rows.table.id == any_of(keys)))
            }
    return [found[one.key] for one in stuck]


def _matching(kinds: Iterable[StuckRows], wanted: Wanted) -> Iterator[tuple[StuckRows, StuckCase]]:
    for rows in kinds:
        for case in rows.stuck:
            if wanted.kind in (None, rows.name) and wanted.reason in (None, case.reason):
                yield rows, case


def _waiting(rows: StuckRows, case: StuckCase, *, acknowledged: bool = False) -> list[ColumnElement[bool]]:
    covered = acknowledgements.covers(rows.table.id, case.reason, case.since)
    return [case.condition, covered if acknowledged else ~covered]


def _conditions(rows: StuckRows, case: StuckCase, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _waiting(rows, case, acknowledged=wanted.acknowledged)
    return [*conditions, *([case.since <= wanted.before] if wanted.before else [])]


def _select(rows: StuckRows, case: StuckCase, wanted: Wanted) -> Select[Any]:
    """SQL for the rows of a case: kind, reason, key, since."""
    names = literal(rows.name), literal(str(case.reason))
    query = select(*names, rows.table.id.label("key"), case.since.label("since"))
    return query.where(*_conditions(rows, case, wanted))
