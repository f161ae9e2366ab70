"""How operators find, list, explain and replay comparisons."""

from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, replay_dead_row
from pitturu.store import lookup
from pitturu.store.reconciliations import ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork

ENDED: Final = Waiting("nothing", NextActor.NOBODY, "See GET /api/v1/operations/comparisons for what was found.")


def _describe(row: ReconciliationRun, doing: str) -> Description:
    return Description(row.comparison_id, row.walk, row.created_at, waiting_for(row, doing, ENDED))


def _replay(work: UnitOfWork, row: ReconciliationRun, by: By) -> list[str]:
    return replay_dead_row(work, row, by, "comparison", row.comparison_id, JobName.COMPARE)


COMPARISONS: Final = RowKind(
    name="comparison",
    table=ReconciliationRun,
    find=lookup.by_columns(ReconciliationRun, ReconciliationRun.comparison_id),
    describe=_describe,
    replay=_replay,
)
