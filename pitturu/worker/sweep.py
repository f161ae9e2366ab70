"""What Redis forgot, the sweep remembers: rows that are due get a worker, whatever became of their wake-up."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pitturu.domain.jobs import JobName
from pitturu.store import claims, heartbeats, idempotency, reconciliation_rows, users, webhooks
from pitturu.store.cancellations import Cancellation
from pitturu.store.reconciliations import Finding, ReconciliationRun
from pitturu.store.sessions import PaymentSession
from pitturu.store.webhooks import WebhookDelivery
from pitturu.worker.dispatcher import WINDOW

TABLES: Final[Mapping[JobName, claims.DueTable]] = MappingProxyType(
    {
        JobName.PREPARE: PaymentSession,
        JobName.VERIFY: PaymentSession,
        JobName.WEBHOOK: WebhookDelivery,
        JobName.CANCEL: Cancellation,
        JobName.EXPIRE: PaymentSession,
        JobName.COMPARE: ReconciliationRun,
        JobName.RETURN_UNKNOWN: Finding,
    }
)
"""Where the rows of each kind of work are."""

MOST_WAKE_UPS: Final = 8
"""Per kind and sweep. Each empties what it finds, so a mountain of due rows needs workers, not messages."""


def run() -> dict[JobName, int]:
    """How many wake-ups each kind of work needs now. That it was done at all is a sign of life of the whole chain."""
    heartbeats.beat("sweep")
    return {job: wake_ups for job in TABLES if (wake_ups := -(-_due(job) // WINDOW)) > 0}


def clean() -> None:
    """Forget what nobody may ask for any more, and what strangers left."""
    idempotency.forget_old()
    users.forget_expired_tokens()
    webhooks.forget_strangers()
    heartbeats.forget_ended()
    reconciliation_rows.forget_old()


def _due(job: JobName) -> int:
    table = TABLES[job]
    only = [PaymentSession.next_job == job] if table is PaymentSession else []
    return claims.due_count(table, MOST_WAKE_UPS * WINDOW, *only)
