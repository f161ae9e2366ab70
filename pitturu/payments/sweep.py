"""What Redis forgot, the sweep remembers: rows that are due get a worker, whatever became of their wake-up."""

from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.payments.pump import WINDOW
from pitturu.store import claims, heartbeats, idempotency, users, webhooks
from pitturu.store.cancellations import Cancellation
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

WORK: Final = (JobName.PREPARE, JobName.VERIFY, JobName.WEBHOOK, JobName.CANCEL, JobName.EXPIRE)

MOST_WAKE_UPS: Final = 8
"""Per kind and sweep. Each empties what it finds, so a mountain of due rows needs workers, not messages."""


def run() -> dict[JobName, int]:
    """How many wake-ups each kind of work needs now. Sweeps come from beat, so each is a sign of its life."""
    heartbeats.beat("beat")
    return {job: wake_ups for job in WORK if (wake_ups := -(-_due(job) // WINDOW)) > 0}


def clean() -> None:
    """Forget what nobody may ask for any more, and what strangers left."""
    idempotency.forget_old()
    users.forget_expired_tokens()
    webhooks.forget_strangers()


def _due(job: JobName) -> int:
    at_most = MOST_WAKE_UPS * WINDOW
    if job is JobName.WEBHOOK:
        return claims.due_count(WebhookDelivery, at_most)
    if job is JobName.CANCEL:
        return claims.due_count(Cancellation, at_most)
    return claims.due_count(PaymentSession, at_most, PaymentSession.next_job == job)
