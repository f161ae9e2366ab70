"""PortOne posts that something happened. It is stored before it is acknowledged; what happened is asked afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pitturu.domain import backoff, clock
from pitturu.domain.errors import GatewayError
from pitturu.domain.jobs import JobName
from pitturu.domain.provider import Generation, ProviderPayment
from pitturu.payments import outcome
from pitturu.payments.desk import Desk, Job
from pitturu.payments.inquiry import curve_for
from pitturu.payments.timeline import News
from pitturu.payments.watch import watch
from pitturu.store import claims, sessions, webhooks
from pitturu.store.unit_of_work import wake
from pitturu.store.webhooks import DeliveryState, WebhookDelivery

Attempts = tuple[ProviderPayment, ...]


@dataclass(frozen=True)
class Envelope:
    """What was delivered: the ids in it, and the raw bytes for whoever has to look later."""

    imp_uid: str
    merchant_uid: str
    status: str
    cancellation_id: str
    body: bytes
    content_type: str
    remote_address: str


@dataclass(frozen=True)
class Delivery:
    """One stored delivery to act on. `session_key` is None while nobody here knows its order number."""

    key: UUID
    until: datetime
    merchant_uid: str
    session_key: UUID | None
    claimed_at: datetime
    request_id: str | None

    @property
    def lock_key(self) -> UUID:
        """The row whose lock `apply` takes first."""
        return self.session_key or self.key


def receive(envelope: Envelope, request_id: str) -> None:
    """Keep the news, due at once. Copies of it share one row."""
    webhooks.keep(
        {
            "generation": Generation.V1,
            "imp_uid": envelope.imp_uid,
            "merchant_uid": envelope.merchant_uid,
            "event_status": envelope.status,
            "provider_cancellation_id": envelope.cancellation_id,
            "body": envelope.body,
            "content_type": envelope.content_type[:100],
            "remote_address": envelope.remote_address[:50],
            "request_id": request_id,
        }
    )
    wake(JobName.WEBHOOK)


def _claim(desk: Desk, room: int) -> Sequence[Delivery]:
    now = clock.now()
    rows = claims.claim(WebhookDelivery, room, desk.settings.lease)
    issued = sessions.keys_by_order({row.merchant_uid for row in rows})
    return [
        Delivery(row.id, row.due_at, row.merchant_uid, issued.get(row.merchant_uid), now, row.request_id)
        for row in rows
        if row.due_at is not None
    ]


def _ask(desk: Desk, question: Delivery) -> Attempts:
    """PortOne is never asked about order numbers that we did not issue: anybody can post those."""
    return desk.gateway.attempts(question.merchant_uid) if question.session_key else ()


def _apply(desk: Desk, question: Delivery, answer: Attempts | GatewayError) -> None:
    if question.session_key is None:
        _stranger(question)
        return
    session = sessions.lock(question.session_key)
    row = webhooks.lock(question.key)
    if isinstance(answer, GatewayError):
        row.again(question.until, curve_for(answer), answer.words)
        return
    outcome.hear(session, answer, News("webhook", "portone", question.claimed_at, question.request_id), desk.settings)
    watch(session, desk.settings)
    row.session_key = session.id
    row.done(question.until)
    if row.due_at is None:
        row.state = DeliveryState.DONE


def _stranger(question: Delivery) -> None:
    """An order we do not know (yet): it may have overtaken our own commit. In the end an operator has to look."""
    row = webhooks.lock(question.key)
    words = "No session of ours has this merchant_uid. If the payment is real, look it up in PortOne's console."
    row.again(question.until, backoff.STRANGER, words)
    if row.dead_at is not None:
        row.state, row.dead_at = DeliveryState.ORPHANED, None


def _postpone(question: Delivery, words: str) -> None:
    webhooks.lock(question.key).again(question.until, backoff.CALL_HUMAN, words)


JOB: Job[Delivery, Attempts] = Job(JobName.WEBHOOK, _claim, _ask, _apply, _postpone)
