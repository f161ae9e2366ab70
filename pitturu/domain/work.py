"""Words for work that waits: why nobody goes on with it, and who has to act next."""

from enum import StrEnum


class Stuck(StrEnum):
    """Why work waits for a person. Only what is `dead` may be replayed in bulk; the others need a decision first."""

    DEAD = "dead"
    ORPHANED = "orphaned"
    NEEDS_ACCOUNT = "needs_account"
    REFUSED = "refused"


class NextActor(StrEnum):
    """Who has to act next."""

    NOBODY = "nobody"
    WORKER = "worker"
    PORTONE = "portone"
    BUYER = "buyer"
    OPERATOR = "operator"
