"""Words for work that waits: what kind of thing it is, why nobody goes on with it, and whose turn it is."""

from enum import StrEnum


class Kind(StrEnum):
    """What can be asked "why is this pending?" about."""

    SESSION = "session"
    PAYMENT = "payment"
    CANCELLATION = "cancellation"
    WEBHOOK = "webhook"
    COMPARISON = "comparison"
    UNKNOWN_PAYMENT = "unknown_payment"


class Stuck(StrEnum):
    """Why work waits for a person. Only what is `dead` may be replayed in bulk; the others need a decision first."""

    DEAD = "dead"
    ORPHANED = "orphaned"
    NEEDS_ACCOUNT = "needs_account"
    REFUSED = "refused"


class Turn(StrEnum):
    """Whose move it is."""

    NOBODY = "nobody"
    WORKER = "worker"
    PORTONE = "portone"
    BUYER = "buyer"
    OPERATOR = "operator"
