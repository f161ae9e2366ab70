"""An operator has removed a cause and wants work to go on: the row is due again, and goes the road it always goes.

Nothing is done here that a worker would not do. A cancel that was `sent` is asked about before it is sent again: its
row still says `sent` (`cancellations/send.py`). Replaying twice is harmless: the second finds nothing that waits for a
person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pitturu.domain.errors import NotFound
from pitturu.domain.work import Stuck
from pitturu.payments import diagnosis
from pitturu.payments.handler_registry import HandlerRegistry
from pitturu.payments.row_kinds import By
from pitturu.store import dead_letters
from pitturu.store.base import DueRow
from pitturu.store.dead_letters import Wanted
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Replayed:
    """Names of the rows that are due again; and of what was asked for and left alone, with the reason."""

    done: list[str] = field(default_factory=list)
    left_alone: dict[str, str] = field(default_factory=dict)


def replay(work: UnitOfWork, registry: HandlerRegistry, wanted: Sequence[str], by: By) -> Replayed:
    """Make these due again, by any name that `why` knows. A session or payment stands for all that is stuck in it."""
    result, rows = Replayed(), dict[UUID, tuple[str, DueRow]]()
    for name in dict.fromkeys(wanted):
        try:
            found = diagnosis.rows_of(registry, name)
        except NotFound as unknown:
            result.left_alone[name] = unknown.detail
            continue
        rows.update({row.id: (name, row) for row in found if isinstance(row, DueRow)})
        result.left_alone[name] = "It does not wait for a person."
    named = {row.id: name for name, row in rows.values()}
    for row in _in_lock_order(registry, (row for _, row in rows.values())):
        if done := _again(work, registry, row, by):
            result.done.extend(done)
            result.left_alone.pop(named[row.id], None)
    for name in result.left_alone.keys() & set(named.values()):
        first = diagnosis.why(registry, name)[0]
        result.left_alone[name] = f"It waits for {first.waits_for}. {first.todo}"
    return result


def replay_dead(work: UnitOfWork, registry: HandlerRegistry, wanted: Wanted, limit: int, by: By) -> Replayed:
    """Make what ran out of tries due again, those that wait longest first, `limit` at the most."""
    kinds = registry.replayable
    stuck = dead_letters.page(kinds, _dead(wanted), limit)
    rows = _in_lock_order(registry, (dead_letters.row_of(kinds, one) for one in stuck))
    return Replayed([name for row in rows for name in _again(work, registry, row, by)])


def count_dead(registry: HandlerRegistry, wanted: Wanted) -> int:
    """How many rows `replay_dead` would make due if nothing limited it."""
    return sum(dead_letters.count(registry.replayable, _dead(wanted)).values())


def _dead(wanted: Wanted) -> Wanted:
    return Wanted(wanted.kind, Stuck.DEAD, wanted.before)


def _in_lock_order(registry: HandlerRegistry, rows: Iterable[DueRow]) -> list[DueRow]:
    """Sessions are locked in this order, like everywhere, so that nobody deadlocks."""
    return sorted(rows, key=lambda row: registry.work_of(row).lock_key(row))


def _again(work: UnitOfWork, registry: HandlerRegistry, row: DueRow, by: By) -> list[str]:
    """The names of what is due again; empty when it does not wait for a person (any more)."""
    again = registry.work_of(row).replay
    return again(work, row, by) if again is not None else []
