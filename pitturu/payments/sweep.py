"""What Redis forgot, the sweep remembers: rows that are due get a worker, whatever became of their wake-up."""

from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.payments.pump import WINDOW
from pitturu.store import claims, comparison_rows, heartbeats, idempotency, users, webhooks
from pitturu.store.cancellations import Cancellation
from pitturu.store.comparisons import Comparison, Finding
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery

WORK: Final = (
    JobName.PREPARE,
    JobName.VERIFY,
    JobName.WEBHOOK,
    JobName.CANCEL,
    JobName.EXPIRE,
    JobName.COMPARE,
    JobName.RETURN_UNKNOWN,
)

MOST_WAKE_UPS: Final = 8
"""Per kind and sweep. Each empties what it finds, so a mountain of due rows needs workers, not messages."""


def run() -> dict[JobName, int]:
    """How many wake-ups each kind of work needs now. That it was done at all is a sign of life of the whole chain."""
    heartbeats.beat("sweep")
    return {job: wake_ups for job in WORK if (wake_ups := -(-_due(job) // WINDOW)) > 0}


def clean() -> None:
    """Forget what nobody may ask for any more, and what strangers left."""
    idempotency.forget_old()
    users.forget_expired_tokens()
    webhooks.forget_strangers()
    heartbeats.forget_ended()
    comparison_rows.forget_old()


def _due(job: JobName) -> int:
    at_most = MOST_WAKE_UPS * WINDOW
    if job is JobName.WEBHOOK:
        return claims.due_count(WebhookDelivery, at_most)
    if job is JobName.CANCEL:
        return claims.due_count(Cancellation, at_most)
    if job is JobName.COMPARE:
        return claims.due_count(Comparison, at_most)
    if job is JobName.RETURN_UNKNOWN:
        return claims.due_count(Finding, at_most)
    return claims.due_count(PaymentSession, at_most, PaymentSession.next_job == job)
