"""Comparisons, and the unknown payments that they found, as operators name, list, ask about and replay them."""

from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.domain.work import NextActor
from pitturu.payments.explanations import Description, Waiting, waiting_for
from pitturu.payments.row_kinds import By, RowKind, note_replay
from pitturu.store import lookup
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.unit_of_work import UnitOfWork

OVER: Final = Waiting("nothing", NextActor.NOBODY, "See GET /api/v1/operations/comparisons for what was found.")


def _describe_run(row: ReconciliationRun, doing: str) -> Description:
    return Description(row.comparison_id, row.walk, row.created_at, waiting_for(row, doing, OVER))


def _describe_finding(row: Finding, doing: str) -> Description:
    return Description(str(row.id), row.stage or row.state, row.found_at, waiting_for(row, doing, OVER))


def _replay_run(work: UnitOfWork, row: ReconciliationRun, by: By) -> list[str]:
    return _replay(work, row, by, f"comparison {row.comparison_id}", row.comparison_id, JobName.COMPARE)


def _replay_finding(work: UnitOfWork, row: Finding, by: By) -> list[str]:
    return _replay(work, row, by, f"unknown payment {row.id}", str(row.id), JobName.RETURN_UNKNOWN)


def _replay(
    work: UnitOfWork, row: ReconciliationRun | Finding, by: By, what: str, name: str, job: JobName
) -> list[str]:
    """It belongs to no session, so there is no timeline but the log."""
    work.session.refresh(row, with_for_update=True)
    if row.dead_at is None:
        return []
    note_replay(work, None, None, by, what, row)
    row.ask_now(by.request_id)
    work.wake(job)
    return [name]


COMPARISONS: Final = RowKind(
    name="comparison",
    table=ReconciliationRun,
    find=lookup.by_columns(ReconciliationRun, ReconciliationRun.comparison_id),
    describe=_describe_run,
    replay=_replay_run,
)

UNKNOWN_PAYMENTS: Final = RowKind(
    name="unknown_payment",
    table=Finding,
    find=lookup.by_id(Finding),
    describe=_describe_finding,
    replay=_replay_finding,
)
