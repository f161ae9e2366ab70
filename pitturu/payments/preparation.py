"""The amount of an order is registered with PortOne, so that a window opened with another amount is refused there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.jobs import JobName
from pitturu.domain.lifecycle import SessionStatus
from pitturu.payments import inventory, timeline
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.inquiry import policy_for
from pitturu.payments.recheck import watch
from pitturu.payments.session_handlers import claim_sessions, planned_for, postpone, prefetch
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Registration:
    """One session whose amount is to be registered. `until` is the end of our claim."""

    key: UUID
    until: datetime
    generation: str
    merchant_uid: str
    amount: int
    request_id: str | None

    @property
    def session_key(self) -> UUID:
        """The session is what is registered."""
        return self.key


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Registration]:
    rows = claim_sessions(work, JobName.PREPARE, context, room)
    return [
        Registration(row.id, row.due_at, row.generation, row.merchant_uid, row.amount, row.request_id) for row in rows
    ]


def _ask(context: WorkerContext, claimed: Registration) -> None:
    context.gateway(claimed.generation).prepare(claimed.merchant_uid, claimed.amount)


def _apply(context: WorkerContext, work: UnitOfWork, claimed: Registration, answer: GatewayError | None) -> None:
    session = work.lock_session(claimed.key)
    cause = Cause(CauseKind.PREPARE, Origin.SYSTEM, None, clock.now(), claimed.request_id)
    if isinstance(answer, GatewayError) and session.state is SessionStatus.CREATED:
        _not_prepared(work, session, claimed, answer, cause)
    else:
        session.done(claimed.until)
    if not isinstance(answer, GatewayError):
        session.prepared_at = session.prepared_at or clock.now()
        if session.state is SessionStatus.CREATED:
            timeline.move(work, session, SessionStatus.PREPARED, cause)
    watch(work, session, context.settings)


def _not_prepared(
    work: UnitOfWork, session: PaymentSession, claimed: Registration, error: GatewayError, cause: Cause
) -> None:
    if error.reaction is Reaction.STOP:
        session.fail_reason = error.words
        timeline.move(work, session, SessionStatus.FAILED, cause, error.words)
        inventory.release(work, session)
        session.done(claimed.until)
        return
    session.again(claimed.until, policy_for(error), error.words)
    too_late = session.due_at is None or session.due_at >= session.expires_at
    if too_late and session.next_job == JobName.PREPARE:
        # The deadline asks PortOne what became of the order, prepared or not, so nothing is forgotten here.
        session.plan(JobName.EXPIRE, max(session.expires_at, clock.now()))


HANDLER: JobHandler[Registration, None] = JobHandler(
    JobName.PREPARE,
    PaymentSession,
    _claim,
    _ask,
    _apply,
    postpone,
    prefetch,
    planned_for(JobName.PREPARE),
)
