"""Work that nobody goes on with by itself: what ran out of tries, and what needs a person's decision."""

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
    """Which rows of a table wait for a person for one reason, since when, and the name of their number in metrics."""

    reason: Stuck
    since: InstrumentedAttribute[Any]
    condition: ColumnElement[bool]
    counted_as: str


class StuckRows(Protocol):
    """A kind of rows, with the cases in which one of them waits for a person."""

    @property
    def name(self) -> str:
        """The kind, as operators filter by it."""

    @property
    def table(self) -> type[DueRow]:
        """Where the rows are."""

    @property
    def stuck(self) -> Sequence[StuckCase]:
        """Every reason why one of them may wait for a person."""


@dataclass(frozen=True)
class Wanted:
    """Which of the stuck rows are meant; None means any. `before` is when they had to be stuck already."""

    kind: str | None = None
    reason: Stuck | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class StuckRow:
    """One row that waits for a person, and since when."""

    kind: str
    reason: Stuck
    key: UUID
    since: datetime


def out_of_tries(table: type[DueRow]) -> StuckCase:
    """The case that every table of work has."""
    since: Any = table.dead_at
    return StuckCase(Stuck.DEAD, since, table.dead_at.is_not(None), f"dead_{table.__tablename__}")


def page(kinds: Iterable[StuckRows], wanted: Wanted, limit: int) -> Sequence[StuckRow]:
    """The rows that are wanted, those that wait longest first, `limit` at the most."""
    parts = [_named(rows, case, wanted) for rows, case in _meant(kinds, wanted)]
    if not parts:
        return []
    together = db.session.execute(union_all(*parts).order_by("since", "key").limit(limit))
    return [StuckRow(kind, Stuck(reason), key, since) for kind, reason, key, since in together]


def count(kinds: Iterable[StuckRows], wanted: Wanted) -> dict[tuple[str, Stuck], int]:
    """How many rows of each case are wanted."""
    return {
        (rows.name, case.reason): db.session.scalars(
            select(func.count(rows.table.id)).where(*_conditions(case, wanted))
        ).one()
        for rows, case in _meant(kinds, wanted)
    }


def row_of(kinds: Iterable[StuckRows], stuck: StuckRow) -> DueRow:
    """The row itself, as this transaction sees it."""
    table = next(rows.table for rows in kinds if rows.name == stuck.kind)
    return db.session.scalars(select(table).where(table.id == stuck.key)).one()


def _meant(kinds: Iterable[StuckRows], wanted: Wanted) -> Iterator[tuple[StuckRows, StuckCase]]:
    for rows in kinds:
        for case in rows.stuck:
            if wanted.kind in (None, rows.name) and wanted.reason in (None, case.reason):
                yield rows, case


def _conditions(case: StuckCase, wanted: Wanted) -> list[ColumnElement[bool]]:
    return [case.condition, *([case.since <= wanted.before] if wanted.before else [])]


def _named(rows: StuckRows, case: StuckCase, wanted: Wanted) -> Select[Any]:
    """Those rows: kind, reason, key, since."""
    names = literal(rows.name), literal(str(case.reason))
    query = select(*names, rows.table.id.label("key"), case.since.label("since"))
    return query.where(*_conditions(case, wanted))
