"""Asks PortOne about the payments of an order: what verification and expiry have in common."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from pitturu.domain import clock, retry_policy
from pitturu.domain.batch import Settled
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision import Claim, Effect, Order, Policy
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.batch_questions import Answer
from pitturu.payments.handlers import BatchCall, JobHandler, WorkerContext
from pitturu.payments.provider_state import apply_provider_state
from pitturu.payments.session_handlers import ClaimedSession, prefetch, session_job
from pitturu.store.unit_of_work import UnitOfWork

Follow = Callable[[Order, Claim, Policy, datetime], tuple[Effect, ...]]


def _ask(context: WorkerContext, claimed: ClaimedSession) -> Answer:
    return context.gateway(claimed.generation).attempts(claimed.merchant_uid)


def job(
    name: JobName,
    kind: CauseKind,
    follow: Follow,
    *,
    queue: Queue,
    doing: str,
    batch_call: BatchCall[ClaimedSession, Answer] | None = None,
    may_start: Callable[[timedelta], ColumnElement[bool]] | None = None,
) -> JobHandler[ClaimedSession, Answer]:
    """The handler of sessions that are due for `name`; `follow` decides what is done after an answer."""

    def apply(context: WorkerContext, work: UnitOfWork, claimed: ClaimedSession, answer: Answer | GatewayError) -> None:
        session = work.lock_session(claimed.session_key)
        if isinstance(answer, GatewayError):
            # An open session reserves stock and may have been paid: PortOne is asked until it answers.
            session.retry(claimed.until, retry_policy.after_error(answer.reaction), answer.message, unlimited=True)
            return
        cause = Cause(kind, Origin.PORTONE, None, claimed.claimed_at, claimed.request_id)
        complete = not isinstance(answer, Settled)
        shown = (answer.payment,) if isinstance(answer, Settled) else answer
        order = apply_provider_state(work, session, shown, cause, context.settings, complete=complete)
        if complete:
            # Any other answer may have left out what a waiting webhook is about, so it closes none of them.
            work.answered(claimed.merchant_uid, session.id, claimed.claimed_at)
        _wake_webhooks(work, name, order.order)
        claim = Claim(claimed.until, session.attempts)
        apply_effects(work, order, follow(order.order, claim, context.settings.policy, clock.now()), cause)

    return session_job(
        name,
        queue=queue,
        doing=doing,
        ask=_ask,
        apply=apply,
        prefetch=prefetch,
        batch_call=batch_call,
        may_start=may_start,
    )


def _wake_webhooks(work: UnitOfWork, name: JobName, order: Order) -> None:
    """A webhook that came meanwhile waits for a verification's answer (`webhook_questions`), which may not decide."""
    if order.is_open and name is JobName.VERIFY:
        work.wake(JobName.WEBHOOK)
