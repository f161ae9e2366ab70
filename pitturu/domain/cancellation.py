"""The state machine of a cancel as data: an enum, a table of transitions, one function."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CancelKind(StrEnum):
    """REFUND gives money back; REVOKE withdraws a virtual account that nobody has paid into."""

    REFUND = "refund"
    REVOKE = "revoke"


class CancelStage(StrEnum):
    """Where a cancel stands. From SENT on PortOne may have executed it, so it is asked before a repeat."""

    NEEDS_ACCOUNT = "needs_account"
    REQUESTED = "requested"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"


_S = CancelStage

UNDECIDED: Final = frozenset({_S.NEEDS_ACCOUNT, _S.REQUESTED, _S.SENT})
"""Neither executed nor refused."""

MOVES: Final[Mapping[CancelStage, frozenset[CancelStage]]] = {
    # REFUSED: the money was refunded in another way before an account was named.
    _S.NEEDS_ACCOUNT: frozenset({_S.REQUESTED, _S.REFUSED}),
    # A revoke succeeds without being sent when the account is found closed.
    _S.REQUESTED: frozenset({_S.SENT, _S.SUCCEEDED, _S.REFUSED}),
    # REQUESTED: PortOne certainly did not execute it, so it is sent again.
    _S.SENT: frozenset({_S.REQUESTED, _S.SUCCEEDED, _S.REFUSED}),
    _S.SUCCEEDED: frozenset(),
    # An operator may request a refused automatic refund again; an automatic revoke is retried.
    _S.REFUSED: frozenset({_S.REQUESTED}),
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
