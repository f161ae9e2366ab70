"""Webhooks of PortOne: stored before they are acknowledged; PortOne is asked for the payments afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pitturu.domain import clock, retry_policy
from pitturu.domain.batch import Settled
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.decision.schedule import look_again
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName, Queue
from pitturu.domain.provider import Generation
from pitturu.domain.retry_policy import RetryPolicy
from pitturu.payments import batch_questions, session_handlers, webhook_groups
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.batch_questions import Answer
from pitturu.payments.handlers import JobHandler, WorkerContext
from pitturu.payments.provider_state import apply_provider_state
from pitturu.payments.webhook_groups import COLUMNS, Asking, Deliveries
from pitturu.payments.webhook_rows import WEBHOOKS
from pitturu.portone.webhooks import Notice
from pitturu.store import claims, orders, webhook_questions, webhooks
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.webhook_outcomes import WebhookOutcome
from pitturu.store.webhooks import DeliveryState, WebhookDelivery


@dataclass(frozen=True)
class Envelope:
    """A received webhook: what it says, and the raw bytes for later inspection.

    `delivery_id` is V2's `webhook-id`, "" where there is none.
    """

    generation: Generation
    notice: Notice
    delivery_id: str
    body: bytes
    content_type: str
    remote_address: str


def receive(work: UnitOfWork, envelope: Envelope, request_id: str) -> None:
    """Store a webhook, due at once if it is of a payment. Repeated deliveries share one row."""
    notice = envelope.notice
    webhooks.save(
        {
            "generation": envelope.generation,
            "imp_uid": notice.provider_id,
            "merchant_uid": notice.order_id,
            "delivery_id": envelope.delivery_id[:255],
            "event_status": notice.status,
            "provider_cancellation_id": notice.cancellation_id,
            "body": envelope.body,
            "content_type": envelope.content_type[:100],
            "remote_address": envelope.remote_address[:50],
            "request_id": request_id,
        },
        of_a_payment=bool(notice.order_id),
    )
    if notice.order_id:
        work.wake(JobName.WEBHOOK)
    else:
        columns = {"generation": envelope.generation, "event_status": notice.status, "received_at": clock.now()}
        work.insert(WebhookOutcome, **columns, outcome=DeliveryState.IGNORED)


def _claim(context: WorkerContext, work: UnitOfWork, room: int) -> Sequence[Deliveries]:
    now = clock.now()
    lease = context.settings.lease
    waiting = webhooks.session_where(webhook_questions.being_verified(lease))
    rows = claims.claim_columns(work, WebhookDelivery, COLUMNS, room, lease, ~waiting)
    issued = orders.issued({row.merchant_uid for row in rows}, {row.imp_uid for row in rows})
    found = webhook_groups.grouped(rows, issued, now)
    if any(one.asking in (Asking.UNKNOWN_ORDER, Asking.FOREIGN) for one in found):
        webhooks.delete_surplus(context.settings.unknown_webhooks)
    return _one_question_each(work, found)


def _one_question_each(work: UnitOfWork, found: Sequence[Deliveries]) -> Sequence[Deliveries]:
    """Leave out the orders that PortOne is being asked about; their deliveries are due again, and wait for that."""
    asked = {one.session_key: one for one in found if one.session_key is not None}
    if not asked:
        return found
    # One claim has one end, whatever the row.
    until = found[0].rows[0][1]
    free = webhook_questions.begin(work, asked.keys(), until)
    busy = [one for key, one in asked.items() if key not in free]
    webhook_questions.release(work, [key for one in busy for key, _ in one.rows])
    return [one for one in found if one not in busy]


def _prefetch(work: UnitOfWork, claimed_jobs: Sequence[Deliveries]) -> None:
    """Lock sessions before deliveries, in the common order of locks."""
    session_handlers.prefetch(work, claimed_jobs)
    work.lock_deliveries(key for claimed in claimed_jobs for key, _ in claimed.rows)


def _ask(context: WorkerContext, claimed: Deliveries) -> Answer:
    if claimed.session is None or claimed.asking is not Asking.PORTONE:
        return ()
    return context.gateway(claimed.session.generation).attempts(claimed.merchant_uid)


def _apply(context: WorkerContext, work: UnitOfWork, claimed: Deliveries, answer: Answer | GatewayError) -> None:
    if claimed.session is None:
        _orphan(work, claimed)
        return
    if claimed.asking is Asking.PORTONE:
        session = work.lock_session(claimed.session.key)
        webhook_questions.end(session)
        if isinstance(answer, GatewayError):
            _retry(work, claimed, retry_policy.after_error(answer.reaction), answer.message)
            work.wake(JobName.VERIFY)
            return
        cause = Cause(CauseKind.WEBHOOK, Origin.PORTONE, None, claimed.claimed_at, claimed.request_id)
        if isinstance(answer, Settled):
            # It may have left out what other webhooks of the order are about, so it closes none of those.
            shown = (answer.payment,)
            order = apply_provider_state(work, session, shown, cause, context.settings, complete=False)
        else:
            order = apply_provider_state(work, session, answer, cause, context.settings)
            work.answered(claimed.merchant_uid, session.id, claimed.claimed_at)
        apply_effects(work, order, look_again(order.order, context.settings.policy, clock.now()), cause)
    state = DeliveryState.IGNORED if claimed.asking is Asking.FOREIGN else DeliveryState.DONE
    for row, until in _locked(work, claimed):
        row.session_key = claimed.session.key
        if row.close(until, state):
            _note_outcome(work, row)


def _orphan(work: UnitOfWork, claimed: Deliveries) -> None:
    """An unknown order: the webhook may have arrived before our commit, so it is retried, then left to an operator.
    Anybody can post those, so it counts as one of them from the beginning (`delete_surplus`)."""
    reason = "No session has this merchant_uid. If the payment is real, look it up in PortOne's console."
    for row, until in _locked(work, claimed):
        if row.due_at != until:
            continue  # Its lease has ended: another worker may have found the order.
        row.retry(until, retry_policy.UNKNOWN_ORDER, reason)
        row.state, row.dead_at = DeliveryState.ORPHANED, None
        if row.due_at is None:
            _note_outcome(work, row)


def _note_outcome(work: UnitOfWork, row: WebhookDelivery) -> None:
    """The delivery is closed: its outcome is counted."""
    work.insert(
        WebhookOutcome,
        generation=row.generation,
        event_status=row.event_status,
        outcome=row.state,
        received_at=row.repeated_at or row.received_at,
    )


def _retry(work: UnitOfWork, claimed: Deliveries, policy: RetryPolicy, reason: str) -> None:
    for row, until in _locked(work, claimed):
        row.retry(until, policy, reason)
        if claimed.session is not None and row.state == DeliveryState.ORPHANED and row.due_at is not None:
            # It counted as a stranger's before the order was known. One that was answered meanwhile stays done.
            row.state = DeliveryState.PENDING


def _locked(work: UnitOfWork, claimed: Deliveries) -> Iterator[tuple[WebhookDelivery, datetime]]:
    """The claimed rows that still exist, each with the end of its claim."""
    for key, until in claimed.rows:
        row = work.lock_delivery(key)
        if row is not None:
            yield row, until


def _postpone(work: UnitOfWork, claimed: Deliveries, reason: str) -> None:
    _retry(work, claimed, retry_policy.CALL_HUMAN, reason)


HANDLER: JobHandler[Deliveries, Answer] = JobHandler(
    name=JobName.WEBHOOK,
    queue=Queue.WEBHOOKS,
    rows=WEBHOOKS,
    doing="asking PortOne about its order",
    claim=_claim,
    ask=_ask,
    apply=_apply,
    postpone=_postpone,
    prefetch=_prefetch,
    batch_call=batch_questions.batch_call(JobName.WEBHOOK, lambda claimed: claimed.question),
)
