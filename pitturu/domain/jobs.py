"""Names of jobs that several modules wake or schedule, and the queues of their wake-ups."""

from enum import StrEnum


class JobName(StrEnum):
    """The name of a wake-up: it says which kind of rows is due and no row's id, so a lost wake-up loses no work.

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
    EVALUATE_ALERTS = "outbound.evaluate_alerts"
    UPDATE_ROLLUPS = "reporting.update_rollups"


class Queue(StrEnum):
    """The queues of wake-ups, most urgent first: a worker empties them in this order."""

    BUYERS = "buyers"
    WEBHOOKS = "webhooks"
    REFUNDS = "refunds"
    HOUSEKEEPING = "housekeeping"
