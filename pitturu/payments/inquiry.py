"""Asks PortOne about the payments of an order: what verification and expiry have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain import clock, retry_policy
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision import Claim, Effect, Order, Policy
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.provider import ProviderPayment
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.provider_state import apply_provider_state
from pitturu.payments.session_handlers import claim_sessions, planned_for, postpone, prefetch
from pitturu.payments.session_rows import SESSIONS
from pitturu.store.unit_of_work import UnitOfWork

Attempts = tuple[ProviderPayment, ...]


@dataclass(frozen=True)
class Inquiry:
    """One session to ask about. `claimed_at` is before the call, so the answer is at least as recent."""

    key: UUID
    until: datetime
    generation: str
    merchant_uid: str
    claimed_at: datetime
    request_id: str | None

    @property
    def session_key(self) -> UUID:
        """The key, which is the session's."""
        return self.key


def _ask(context: WorkerContext, claimed: Inquiry) -> Attempts:
    return context.gateway(claimed.generation).attempts(claimed.merchant_uid)


Follow = Callable[[Order, Claim, Policy, datetime], tuple[Effect, ...]]


def job(name: JobName, kind: CauseKind, follow: Follow, *, queue: Queue, doing: str) -> JobHandler[Inquiry, Attempts]:
    """The handler of sessions that are due for `name`; `follow` decides what is done after an answer."""

    def claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Inquiry]:
        now = clock.now()
        rows = claim_sessions(work, name, context, room)
        return [Inquiry(row.id, row.due_at, row.generation, row.merchant_uid, now, row.request_id) for row in rows]

    def apply(context: WorkerContext, work: UnitOfWork, claimed: Inquiry, answer: Attempts | GatewayError) -> None:
        session = work.lock_session(claimed.key)
        if isinstance(answer, GatewayError):
            # An open session reserves stock and may have been paid: PortOne is asked until it answers.
            session.retry(claimed.until, retry_policy.after_error(answer.reaction), answer.message, unlimited=True)
            return
        cause = Cause(kind, Origin.PORTONE, None, claimed.claimed_at, claimed.request_id)
        order = apply_provider_state(work, session, answer, cause, context.settings)
        work.answered(claimed.merchant_uid, session.id, claimed.claimed_at)
        claim = Claim(claimed.until, session.attempts)
        apply_effects(work, order, follow(order.order, claim, context.settings.policy, clock.now()), cause)

    return JobHandler(
        name=name,
        queue=queue,
        rows=SESSIONS,
        due_rows=planned_for(name),
        doing=doing,
        claim=claim,
        ask=_ask,
        apply=apply,
        postpone=postpone,
        prefetch=prefetch,
    )
