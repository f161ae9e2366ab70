"""The state machine of a cancel as data: an enum, a table of transitions, one function."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CancelKind(StrEnum):
    """REFUND gives money back; REVOKE withdraws a virtual account that nobody has paid into."""

    REFUND = "refund"
    REVOKE = "revoke"


class CancelStage(StrEnum):
    """Where a cancel stands. From SENT on PortOne may have executed it, so it is asked before a repeat.

    RETURN_REQUESTED: a buyer wants to return what the shop has begun to deliver. AWAITING_APPROVAL: an operator let a
    large cancel go, and a second one has to. REJECTED: a person said no.
    """

    RETURN_REQUESTED = "return_requested"
    AWAITING_APPROVAL = "awaiting_approval"
    NEEDS_ACCOUNT = "needs_account"
    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    REJECTED = "rejected"


_S = CancelStage

AWAITS_REVIEW: Final = frozenset({_S.RETURN_REQUESTED, _S.AWAITING_APPROVAL})
"""A person of the shop decides whether it is sent. Later cancels of the same payment do not wait for it."""

IN_TURN: Final = frozenset({_S.NEEDS_ACCOUNT, _S.REQUESTED, _S.SENT})
"""To be sent, one after the other for each payment."""

UNDECIDED: Final = AWAITS_REVIEW | IN_TURN
"""Neither executed nor refused nor rejected."""

MOVES: Final[Mapping[CancelStage, frozenset[CancelStage]]] = {
    # REFUSED, here and in the next two: the money was refunded in another way meanwhile.
    _S.RETURN_REQUESTED: frozenset({_S.AWAITING_APPROVAL, _S.REQUESTED, _S.REJECTED, _S.REFUSED}),
    # NEEDS_ACCOUNT: the account that an operator named for an automatic refund was rejected.
    _S.AWAITING_APPROVAL: frozenset({_S.REQUESTED, _S.NEEDS_ACCOUNT, _S.REJECTED, _S.REFUSED}),
    _S.NEEDS_ACCOUNT: frozenset({_S.AWAITING_APPROVAL, _S.REQUESTED, _S.REFUSED}),
    # A revoke succeeds without being sent when the account is found closed.
    # AWAITING_APPROVAL: an operator names another account for an automatic refund that fails.
    _S.REQUESTED: frozenset({_S.AWAITING_APPROVAL, _S.SENT, _S.SUCCEEDED, _S.REFUSED}),
    # REQUESTED: PortOne certainly did not execute it, so it is sent again.
    _S.SENT: frozenset({_S.REQUESTED, _S.SUCCEEDED, _S.REFUSED}),
    _S.SUCCEEDED: frozenset(),
    # An operator may request a refused automatic refund again; an automatic revoke is retried.
    _S.REFUSED: frozenset({_S.AWAITING_APPROVAL, _S.REQUESTED}),
    _S.REJECTED: frozenset(),
}


class IllegalCancelMove(Exception):
    """A cancel cannot go from `current` to `target`."""

    def __init__(self, current: CancelStage, target: CancelStage) -> None:
        super().__init__(f"a cancel cannot go from {current} to {target}")


def advance(current: CancelStage, target: CancelStage) -> CancelStage:
    """The stage after a move to `target`, which may be the current stage. Raises IllegalCancelMove."""
    if target is current or target in MOVES[current]:
        return target
    raise IllegalCancelMove(current, target)
