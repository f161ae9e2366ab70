"""Why pending work is stuck, and who has to act next."""

from enum import StrEnum


class Stuck(StrEnum):
    """Why work waits for an operator. Only `dead` rows may be replayed in bulk; the others need a decision first."""

    DEAD = "dead"
    ORPHANED = "orphaned"
    NEEDS_ACCOUNT = "needs_account"
    REFUSED = "refused"
    RETURN_REQUESTED = "return_requested"
    AWAITING_APPROVAL = "awaiting_approval"


class NextActor(StrEnum):
    """Who has to act next."""

    NOBODY = "nobody"
    WORKER = "worker"
    PORTONE = "portone"
    BUYER = "buyer"
    OPERATOR = "operator"
