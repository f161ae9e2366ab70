"""What the jobs on sessions have in common: claim, prefetch, postpone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement

from pitturu.domain import retry_policy
from pitturu.domain.jobs import JobName
from pitturu.payments.handlers import ClaimedJob, WorkerContext
from pitturu.store import claims
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

COLUMNS: Final = (
    PaymentSession.id,
    PaymentSession.due_at,
    PaymentSession.generation,
    PaymentSession.merchant_uid,
    PaymentSession.amount,
    PaymentSession.request_id,
)


class Claimed(Protocol):
    """A claimed session, with the end of the claim."""

    @property
    def key(self) -> UUID:
        """The session's row."""

    @property
    def until(self) -> datetime:
        """The end of the lease, which is also the claim's token."""


def planned_for(job: JobName) -> tuple[ColumnElement[bool]]:
    """SQL for: the sessions whose next job is this one. Preparation, verification and expiry share their table."""
    return (PaymentSession.next_job == job,)


def claim_sessions(work: UnitOfWork, job: JobName, context: WorkerContext, room: int) -> Sequence[Any]:
    """Claim sessions that are due for this job. Returns COLUMNS of each, with the end of the lease in `due_at`."""
    return claims.claim_columns(work, PaymentSession, COLUMNS, room, context.settings.lease, *planned_for(job))


def lock(work: UnitOfWork, claimed_jobs: Sequence[ClaimedJob]) -> None:
    """Lock the sessions of these jobs."""
    work.limit_lock_wait()
    work.lock_sessions(_keys(claimed_jobs))


def prefetch(work: UnitOfWork, claimed_jobs: Sequence[ClaimedJob]) -> None:
    """Lock the sessions of these jobs and read their lines, payments, cancels and pieces."""
    lock(work, claimed_jobs)
    keys = _keys(claimed_jobs)
    work.read_lines(keys)
    work.read_payments(keys)
    work.read_cancels(keys)
    if accepted := [key for key in keys if any(payment.accepted for payment in work.payments_of(key).values())]:
        work.read_granted(accepted)


def postpone(work: UnitOfWork, claimed: Claimed, reason: str) -> None:
    """After an unexpected exception: store its text and try again slowly."""
    work.lock_session(claimed.key).retry(claimed.until, retry_policy.CALL_HUMAN, reason, unlimited=True)


def _keys(claimed_jobs: Sequence[ClaimedJob]) -> set[UUID]:
    return {claimed.session_key for claimed in claimed_jobs if claimed.session_key is not None}
