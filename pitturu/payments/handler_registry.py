"""All registered kinds of work, and the rows that can be found, listed, explained and replayed because of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from pitturu.payments.handlers import AnyJobHandler
from pitturu.payments.row_kinds import NamedKind, RowKind
from pitturu.store.base import DueRow, Keyed


class HandlerRegistry:
    """The kinds of work of one application. Code that concerns all of them gets this object and names none.

    Raises ValueError when two kinds of work have one name, or two registrations describe one table.
    """

    def __init__(self, handlers: Iterable[AnyJobHandler]) -> None:
        self.handlers: tuple[AnyJobHandler, ...] = tuple(handlers)
        self.row_kinds: tuple[RowKind[Any], ...] = tuple(dict.fromkeys(one.rows for one in self.handlers))
        self.named_kinds: tuple[NamedKind[Any], ...] = tuple(
            kind for rows in self.row_kinds for kind in (rows, *rows.parts)
        )
        self._by_name = {one.name: one for one in self.handlers}
        self._by_table = {kind.table: kind for kind in self.named_kinds}
        self._work_by_table = {kind.table: kind for kind in self.row_kinds}
        if len(self._by_name) < len(self.handlers):
            raise ValueError("Two kinds of work have the same name.")
        if len(self._by_table) < len(self.named_kinds):
            raise ValueError("Two registrations describe the same table.")

    @property
    def replayable(self) -> tuple[RowKind[Any], ...]:
        """The kinds of rows that can be made due again."""
        return tuple(rows for rows in self.row_kinds if rows.replay is not None)

    def kind_of(self, row: Keyed) -> NamedKind[Any]:
        """The registration of this row's table."""
        return self._by_table[type(row)]

    def work_of(self, row: DueRow) -> RowKind[Any]:
        """The registration of the table of a row that waits for work."""
        return self._work_by_table[type(row)]

    def handler_of(self, row: DueRow) -> AnyJobHandler:
        """The kind of work that this row waits for, or would wait for."""
        rows = self.work_of(row)
        if rows.next_job is not None:
            return self._by_name[rows.next_job(row)]
        return next(one for one in self.handlers if one.rows is rows)

    def doing(self, row: Keyed) -> str:
        """What a worker does with this row, as text; "" if no work is done on rows of its table."""
        return self.handler_of(row).doing if isinstance(row, DueRow) else ""

    def find(self, name: str) -> Keyed | None:
        """The row of this id, of any kind."""
        return next((row for kind in self.named_kinds if (row := kind.find(name)) is not None), None)

    def with_related(self, row: Keyed) -> Sequence[Keyed]:
        """This row and its related rows."""
        related = self.kind_of(row).related(row)
        return [row, *(each for one in related for each in self.with_related(one))]
