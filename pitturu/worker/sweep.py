"""The sweep: due rows get a wake-up again, whatever became of the first one. So losing all of Redis loses no work."""

from collections.abc import Iterable
from typing import Final

from pitturu.payments.handlers import AnyJobHandler
from pitturu.store import claims, heartbeats, idempotency, reconciliation_rows, users, webhooks
from pitturu.worker.dispatcher import WINDOW

MOST_WAKE_UPS: Final = 8
"""Per kind and sweep. Each wake-up empties what it finds, so very many due rows need workers, not messages."""


def run(handlers: Iterable[AnyJobHandler]) -> dict[str, int]:
    """How many wake-ups each kind of work needs now. That it ran at all is recorded as a heartbeat."""
    heartbeats.beat("sweep")
    return {job.name: wake_ups for job in handlers if (wake_ups := -(-_due(job) // WINDOW)) > 0}


def clean() -> None:
    """Delete what nobody may ask for any more, and webhooks about orders that were not ours."""
    idempotency.forget_old()
    users.forget_expired_tokens()
    webhooks.forget_strangers()
    heartbeats.forget_ended()
    reconciliation_rows.forget_old()


def _due(job: AnyJobHandler) -> int:
    return claims.due_count(job.rows.table, MOST_WAKE_UPS * WINDOW, *job.due_rows)
