"""Webhooks of PortOne: stored before they are acknowledged; PortOne is asked for the payments afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pitturu.domain import clock, retry_policy
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision.schedule import look_again
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.provider import Generation, ProviderPayment
from pitturu.payments import session_handlers
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.provider_state import apply_provider_state
from pitturu.payments.webhook_rows import WEBHOOKS
from pitturu.store import claims, orders, webhooks
from pitturu.store.orders import Issued
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

Attempts = tuple[ProviderPayment, ...]

COLUMNS: Final = (
    WebhookDelivery.id,
    WebhookDelivery.due_at,
    WebhookDelivery.merchant_uid,
    WebhookDelivery.request_id,
)


@dataclass(frozen=True)
class Envelope:
    """A received webhook: the ids in it, and the raw bytes for later inspection.

    `order_id` is "" for webhooks of no payment. `delivery_id` is V2's `webhook-id`, "" where there is none.
    """

    generation: Generation
    provider_id: str
    order_id: str
    status: str
    cancellation_id: str
    delivery_id: str
    body: bytes
    content_type: str
    remote_address: str


@dataclass(frozen=True)
class Delivery:
    """One claimed delivery. `session` is None while its order number is unknown.

    PortOne is asked through the generation of the session, whatever the generation of the webhook is.
    """

    key: UUID
    until: datetime
    merchant_uid: str
    session: Issued | None
    claimed_at: datetime
    request_id: str | None

    @property
    def session_key(self) -> UUID | None:
        """The session of the webhook."""
        return self.session.key if self.session else None


def receive(work: UnitOfWork, envelope: Envelope, request_id: str) -> None:
    """Store a webhook, due at once if it is of a payment. Repeated deliveries share one row."""
    webhooks.save(
        {
            "generation": envelope.generation,
            "imp_uid": envelope.provider_id,
            "merchant_uid": envelope.order_id,
            "delivery_id": envelope.delivery_id[:255],
            "event_status": envelope.status,
            "provider_cancellation_id": envelope.cancellation_id,
            "body": envelope.body,
            "content_type": envelope.content_type[:100],
            "remote_address": envelope.remote_address[:50],
            "request_id": request_id,
        },
        of_a_payment=bool(envelope.order_id),
    )
    if envelope.order_id:
        work.wake(JobName.WEBHOOK)


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Delivery]:
    now = clock.now()
    rows = claims.claim_columns(work, WebhookDelivery, COLUMNS, room, context.settings.lease)
    issued = orders.issued({row.merchant_uid for row in rows})
    return [
        Delivery(row.id, row.due_at, row.merchant_uid, issued.get(row.merchant_uid), now, row.request_id)
        for row in rows
    ]


def _prefetch(work: UnitOfWork, claimed_jobs: Sequence[Delivery]) -> None:
    """Lock sessions before deliveries, in the common order of locks."""
    session_handlers.prefetch(work, claimed_jobs)
    work.lock_deliveries(claimed.key for claimed in claimed_jobs)


def _ask(context: WorkerContext, claimed: Delivery) -> Attempts:
    """PortOne is not asked about unknown order numbers, because anyone can post them."""
    session = claimed.session
    return context.gateway(session.generation).attempts(claimed.merchant_uid) if session else ()


def _apply(context: WorkerContext, work: UnitOfWork, claimed: Delivery, answer: Attempts | GatewayError) -> None:
    if claimed.session is None:
        _orphan(work, claimed)
        return
    session = work.lock_session(claimed.session.key)
    row = work.lock_delivery(claimed.key)
    if isinstance(answer, GatewayError):
        row.retry(claimed.until, retry_policy.after_error(answer.reaction), answer.message)
        return
    cause = Cause(CauseKind.WEBHOOK, Origin.PORTONE, None, claimed.claimed_at, claimed.request_id)
    order = apply_provider_state(work, session, answer, cause, context.settings)
    apply_effects(work, order, look_again(order.order, context.settings.policy, clock.now()), cause)
    row.session_key = session.id
    row.done(claimed.until)
    if row.due_at is None:
        row.state = DeliveryState.DONE


def _orphan(work: UnitOfWork, claimed: Delivery) -> None:
    """An unknown order: the webhook may have arrived before our commit, so it is retried, then left to an operator."""
    row = work.lock_delivery(claimed.key)
    reason = "No session has this merchant_uid. If the payment is real, look it up in PortOne's console."
    row.retry(claimed.until, retry_policy.UNKNOWN_ORDER, reason)
    if row.dead_at is not None:
        row.state, row.dead_at = DeliveryState.ORPHANED, None


def _postpone(work: UnitOfWork, claimed: Delivery, reason: str) -> None:
    work.lock_delivery(claimed.key).retry(claimed.until, retry_policy.CALL_HUMAN, reason)


HANDLER: JobHandler[Delivery, Attempts] = JobHandler(
    name=JobName.WEBHOOK,
    queue=Queue.WEBHOOKS,
    rows=WEBHOOKS,
    doing="asking PortOne about its order",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    prefetch=_prefetch,
)
