"""Registers the amount of an order with PortOne, which then refuses a payment window with another amount."""

from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision import Claim
from pitturu.domain.decision.schedule import after_preparation
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.handlers import WorkerContext
from pitturu.payments.loaded_order import load_session
from pitturu.payments.session_handlers import ClaimedSession, lock, session_job
from pitturu.store.unit_of_work import UnitOfWork


def _ask(context: WorkerContext, claimed: ClaimedSession) -> None:
    context.gateway(claimed.generation).prepare(claimed.merchant_uid, claimed.amount, claimed.tax_free_amount)


def _apply(context: WorkerContext, work: UnitOfWork, claimed: ClaimedSession, answer: GatewayError | None) -> None:
    session = work.lock_session(claimed.session_key)
    cause = Cause(CauseKind.PREPARE, Origin.SYSTEM, None, clock.now(), claimed.request_id)
    order, claim = load_session(session), Claim(claimed.until, session.attempts)
    effects = after_preparation(order.order, claim, answer, context.settings.policy, cause.asked_at)
    apply_effects(work, order, effects, cause)


HANDLER = session_job(
    JobName.PREPARE,
    queue=Queue.BUYERS,
    doing="registering the amount with PortOne",
    ask=_ask,
    apply=_apply,
    prefetch=lock,
)
