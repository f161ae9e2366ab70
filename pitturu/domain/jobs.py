"""The kinds of work that wait in the database, and how urgent each is."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class JobName(StrEnum):
    """A wake-up's name: it says what kind of row is due, never which, so losing one loses nothing."""

    PREPARE = "payments.prepare"
    VERIFY = "payments.verify"
    WEBHOOK = "payments.webhook"
    CANCEL = "payments.cancel"
    EXPIRE = "payments.expire"
    COMPARE = "payments.compare"
    RETURN_UNKNOWN = "payments.return_unknown"
    SWEEP = "payments.sweep"
    CLEAN = "payments.clean"
    AUDIT = "payments.audit"
    COMPARE_ON_TIME = "payments.compare_on_time"


class Queue(StrEnum):
    """Where wake-ups wait, most urgent first: a worker empties them in this order."""

    BUYERS = "buyers"
    WEBHOOKS = "webhooks"
    REFUNDS = "refunds"
    HOUSEKEEPING = "housekeeping"


QUEUE_OF: Final = MappingProxyType(
    {
        JobName.PREPARE: Queue.BUYERS,
        JobName.VERIFY: Queue.BUYERS,
        JobName.WEBHOOK: Queue.WEBHOOKS,
        JobName.CANCEL: Queue.REFUNDS,
        JobName.EXPIRE: Queue.HOUSEKEEPING,
        JobName.COMPARE: Queue.HOUSEKEEPING,
        JobName.RETURN_UNKNOWN: Queue.REFUNDS,
        JobName.SWEEP: Queue.HOUSEKEEPING,
        JobName.CLEAN: Queue.HOUSEKEEPING,
        JobName.AUDIT: Queue.HOUSEKEEPING,
        JobName.COMPARE_ON_TIME: Queue.HOUSEKEEPING,
    }
)
