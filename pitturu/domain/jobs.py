"""Names of work that several modules wake or plan, and the queues in which wake-ups wait."""

from enum import StrEnum


class JobName(StrEnum):
    """A wake-up's name: it says what kind of row is due, never which, so losing one loses nothing.

    A kind of work that only its own module wakes needs no name here: `JobHandler.name` may be any string.
    """

    PREPARE = "payments.prepare"
    VERIFY = "payments.verify"
    WEBHOOK = "payments.webhook"
    CANCEL = "payments.cancel"
    EXPIRE = "payments.expire"
    COMPARE = "payments.compare"
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
