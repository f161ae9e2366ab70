"""How operators find, list, explain and replay comparisons."""

from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import lookup
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork

ENDED: Final = Waiting("nothing", NextActor.NOBODY, "See GET /api/v1/operations/comparisons for what was found.")


def _describe(row: ReconciliationRun, doing: str) -> Description:
    return Description(row.comparison_id, row.walk, row.created_at, waiting_for(row, doing, ENDED))


def _replay(work: UnitOfWork, row: ReconciliationRun, by: By) -> list[str]:
    """The row belongs to no session, so the replay is only logged, not written to a timeline."""
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    note_replay(work, None, None, by, f"comparison {row.comparison_id}", row)
    row.make_due(by.request_id)
    work.wake(JobName.COMPARE)
    return [row.comparison_id]


COMPARISONS: Final = RowKind(
    name="comparison",
    table=ReconciliationRun,
    find=lookup.by_columns(ReconciliationRun, ReconciliationRun.comparison_id),
    describe=_describe,
    replay=_replay,
)
