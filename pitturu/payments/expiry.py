"""Asks PortOne about sessions at their deadline or awaiting a deposit: none expires before PortOne was asked."""

from pitturu.domain.cause import CauseKind
from pitturu.domain.decision.schedule import after_expiry
from pitturu.domain.jobs import JobName, Queue
from pitturu.payments import inquiry

HANDLER = inquiry.job(
    JobName.EXPIRE,
    CauseKind.EXPIRE,
    after_expiry,
    queue=Queue.HOUSEKEEPING,
    doing="asking PortOne whether it was paid before it expires",
)
