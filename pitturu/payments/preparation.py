"""Registers the amount of an order with PortOne, which then refuses a payment window with another amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision import Claim
from pitturu.domain.decision.schedule import after_preparation
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.loaded_order import load_session
from pitturu.payments.session_handlers import claim_sessions, lock, planned_for, postpone
from pitturu.payments.session_rows import SESSIONS
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
        """The key, which is the session's."""
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
    order, claim = load_session(session), Claim(claimed.until, session.attempts)
    error = answer if isinstance(answer, GatewayError) else None
    effects = after_preparation(order.order, claim, error, context.settings.policy, cause.asked_at)
    apply_effects(work, order, effects, cause)


HANDLER: JobHandler[Registration, None] = JobHandler(
    name=JobName.PREPARE,
    queue=Queue.BUYERS,
    rows=SESSIONS,
    due_rows=planned_for(JobName.PREPARE),
    doing="registering the amount with PortOne",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=postpone,
    prefetch=lock,
)
