"""What the jobs on sessions have in common: claim, prefetch, postpone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement

from pitturu.domain import clock, retry_policy
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments.handlers import BatchCall, ClaimedJob, JobHandler, WorkerContext
from pitturu.payments.session_rows import SESSIONS
from pitturu.store import claims
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

Answer = TypeVar("Answer")

COLUMNS: Final = (
    PaymentSession.id,
    PaymentSession.due_at,
    PaymentSession.generation,
    PaymentSession.merchant_uid,
    PaymentSession.amount,
    PaymentSession.tax_free_amount,
    PaymentSession.currency,
    PaymentSession.status,
    PaymentSession.attempts,
    PaymentSession.request_id,
)
"""The columns of a ClaimedSession, in the order of its fields."""


@dataclass(frozen=True)
class ClaimedSession:
    """One session that a worker calls PortOne for. `until` is the end of the lease, which is also the claim's token.

    `claimed_at` is before the call, so the answer is at least as recent. `attempts` counts this try.
    """

    claimed_at: datetime
    session_key: UUID
    until: datetime
    generation: str
    merchant_uid: str
    amount: int
    tax_free_amount: int
    currency: str
    status: str
    attempts: int
    request_id: str | None


def session_job(
    name: JobName,
    *,
    queue: Queue,
    doing: str,
    ask: Callable[[WorkerContext, ClaimedSession], Answer],
    apply: Callable[[WorkerContext, UnitOfWork, ClaimedSession, Answer | GatewayError], None],
    prefetch: Callable[[UnitOfWork, Sequence[ClaimedJob]], None],
    batch_call: BatchCall[ClaimedSession, Answer] | None = None,
    may_start: Callable[[timedelta], ColumnElement[bool]] | None = None,
) -> JobHandler[ClaimedSession, Answer]:
    """The handler of the sessions whose next job is `name`. `may_start` is SQL for: it does not wait for another
    question, given the length of a lease."""
    due_rows = planned_for(name)

    def claim(context: WorkerContext, _work: UnitOfWork, room: int) -> Sequence[ClaimedSession]:
        now = clock.now()
        lease = context.settings.lease
        conditions = (*due_rows, may_start(lease)) if may_start else due_rows
        rows = claims.claim_alone(PaymentSession, COLUMNS, room, lease, *conditions)
        return [ClaimedSession(now, *row) for row in rows]

    return JobHandler(
        name=name,
        queue=queue,
        rows=SESSIONS,
        due_rows=due_rows,
        doing=doing,
        claim=claim,
        ask=ask,
        apply=apply,
        postpone=postpone,
        prefetch=prefetch,
        batch_call=batch_call,
    )


def planned_for(job: JobName) -> tuple[ColumnElement[bool]]:
    """SQL for: the sessions whose next job is this one. Preparation, verification and expiry share their table."""
    return (PaymentSession.next_job == job,)


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


def postpone(work: UnitOfWork, claimed: ClaimedSession, reason: str) -> None:
    """After an unexpected exception: store its text and try again slowly."""
    work.lock_session(claimed.session_key).retry(claimed.until, retry_policy.CALL_HUMAN, reason, unlimited=True)


def _keys(claimed_jobs: Sequence[ClaimedJob]) -> set[UUID]:
    return {claimed.session_key for claimed in claimed_jobs if claimed.session_key is not None}
