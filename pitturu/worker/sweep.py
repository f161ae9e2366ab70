"""The sweep sends wake-ups for due rows again, so that no work is lost when wake-ups are, even with all of Redis."""

from collections.abc import Iterable
from typing import Final

from pitturu.domain import clock
from pitturu.payments.handlers import AnyJobHandler
from pitturu.services import services
from pitturu.store import (
    account_codes,
    acknowledgements,
    alerts,
    claims,
    heartbeats,
    idempotency,
    logged_errors,
    logins,
    outbound,
    reconciliation_rows,
    shop_events,
    users,
    webhooks,
)
from pitturu.worker.dispatcher import WINDOW

MOST_WAKE_UPS: Final = 8
"""Per kind and sweep. A worker works on all due rows after one wake-up, so more messages would not help."""


def run(handlers: Iterable[AnyJobHandler]) -> dict[str, int]:
    """How many wake-ups each kind of work needs now. The run is recorded as a heartbeat."""
    heartbeats.beat("sweep")
    return {job.name: wake_ups for job in handlers if (wake_ups := -(-_due(job) // WINDOW)) > 0}


def clean() -> None:
    """Delete expired rows, among them webhooks of unknown orders and lines of errors."""
    idempotency.delete_expired()
    logins.delete_expired()
    account_codes.delete_expired()
    users.forget_former_names(clock.now() - services().settings.access_token_ttl)
    webhooks.delete_expired()
    heartbeats.delete_expired()
    reconciliation_rows.delete_expired()
    outbound.delete_expired()
    shop_events.delete_expired()
    alerts.delete_expired()
    acknowledgements.delete_expired()
    logged_errors.delete_expired()


def _due(job: AnyJobHandler) -> int:
    return claims.due_count(job.rows.table, MOST_WAKE_UPS * WINDOW, *job.due_rows)
