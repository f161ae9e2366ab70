"""Makes stuck rows due again, after an operator has removed the cause; a worker then processes them as usual.

A cancel that was `sent` keeps this stage, so PortOne is asked about it before it is sent again
(`cancellations/send.py`). Replaying twice is harmless: the second replay finds no stuck row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pitturu.domain.errors import NotFound
from pitturu.domain.work import Stuck
from pitturu.payments import diagnosis
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.row_kinds import By
from pitturu.store import acknowledgements, dead_letters
from pitturu.store.base import DueRow
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Replayed:
    """Ids of the rows that are due again; and ids that were requested and not replayed, with the reason."""

    done: list[str] = field(default_factory=list)
    left_alone: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """For the operator log."""
        return f"{len(self.done)} due again: {', '.join(self.done)}" if self.done else "nothing is due again"


def replay(work: UnitOfWork, registry: HandlerRegistry, wanted: Sequence[str], by: By) -> Replayed:
    """Make these due again, by any id that `why` accepts. A session or payment includes its related stuck rows."""
    result, rows = Replayed(), dict[UUID, tuple[str, DueRow]]()
    for name in dict.fromkeys(wanted):
        try:
            found = diagnosis.rows_of(registry, name)
        except NotFound as unknown:
            result.left_alone[name] = unknown.detail
            continue
        rows.update({row.id: (name, row) for row in found if isinstance(row, DueRow)})
        result.left_alone[name] = "It does not wait for an operator."
    named = {row.id: name for name, row in rows.values()}
    for row in _in_lock_order(registry, (row for _, row in rows.values())):
        if done := _replay_row(work, registry, row, by):
            result.done.extend(done)
            result.left_alone.pop(named[row.id], None)
    for name in result.left_alone.keys() & set(named.values()):
        first = diagnosis.why(registry, name)[0]
        result.left_alone[name] = f"It waits for {first.waits_for}. {first.todo}"
    return result


def replay_dead(work: UnitOfWork, registry: HandlerRegistry, wanted: Wanted, limit: int, by: By) -> Replayed:
    """Make dead rows due again, the longest waiting first, at most `limit`."""
    kinds = registry.replayable
    stuck = dead_letters.page(kinds, _dead(wanted), limit)
    rows = _in_lock_order(registry, dead_letters.rows_of(kinds, stuck))
    return Replayed([name for row in rows for name in _replay_row(work, registry, row, by)])


def count_dead(registry: HandlerRegistry, wanted: Wanted) -> int:
    """How many rows `replay_dead` would make due without a limit."""
    return sum(dead_letters.count(registry.replayable, _dead(wanted)).values())


def _dead(wanted: Wanted) -> Wanted:
    return Wanted(wanted.kind, Stuck.DEAD, wanted.before)


def _in_lock_order(registry: HandlerRegistry, rows: Iterable[DueRow]) -> list[DueRow]:
    """The rows in the common order of locks, to prevent deadlocks."""
    return sorted(rows, key=lambda row: registry.work_of(row).lock_key(row))


def _replay_row(work: UnitOfWork, registry: HandlerRegistry, row: DueRow, by: By) -> list[str]:
    """The ids of the rows that are due again; empty when the row is not stuck (any more)."""
    replay_row = registry.work_of(row).replay
    done = replay_row(work, row, by) if replay_row is not None else []
    if done:
        acknowledgements.remove(work, row.id)
    return done
