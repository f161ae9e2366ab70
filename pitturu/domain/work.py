"""Why pending work is stuck, and who has to act next."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Stuck(StrEnum):
    """Why work waits for an operator. Only `dead` rows may be replayed in bulk; the others need a decision first."""

    DEAD = "dead"
    ORPHANED = "orphaned"
    NEEDS_ACCOUNT = "needs_account"
    REFUSED = "refused"
    RETURN_REQUESTED = "return_requested"
    AWAITING_APPROVAL = "awaiting_approval"
    CASH_RECEIPT = "cash_receipt"
    ESCROW_REJECTED = "escrow_rejected"


class Remedy(StrEnum):
    """What an operator may do about a row that waits for one."""

    REPLAY = "replay"
    REFUND = "refund"
    REFUND_ACCOUNT = "refund_account"
    DECIDE = "decide"
    ACKNOWLEDGE = "acknowledge"


REMEDIES: Final[Mapping[Stuck, tuple[Remedy, ...]]] = {
    Stuck.DEAD: (Remedy.REPLAY, Remedy.ACKNOWLEDGE),
    Stuck.ORPHANED: (Remedy.REPLAY, Remedy.ACKNOWLEDGE),
    Stuck.NEEDS_ACCOUNT: (Remedy.REFUND_ACCOUNT, Remedy.ACKNOWLEDGE),
    Stuck.REFUSED: (Remedy.REFUND, Remedy.REFUND_ACCOUNT, Remedy.ACKNOWLEDGE),
    Stuck.RETURN_REQUESTED: (Remedy.DECIDE,),
    Stuck.AWAITING_APPROVAL: (Remedy.DECIDE,),
    Stuck.CASH_RECEIPT: (Remedy.ACKNOWLEDGE,),
    Stuck.ESCROW_REJECTED: (Remedy.ACKNOWLEDGE,),
}
"""What helps in each case. A person's request cannot be acknowledged away: somebody waits for the answer."""

REFUNDS: Final = frozenset({Remedy.REFUND, Remedy.REFUND_ACCOUNT})
"""Only possible for payments of orders that were issued here."""


class NextActor(StrEnum):
    """Who has to act next."""

    NOBODY = "nobody"
    WORKER = "worker"
    PORTONE = "portone"
    BUYER = "buyer"
    OPERATOR = "operator"
