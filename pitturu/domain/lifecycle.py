"""The state machine of a payment session as data: an enum, a table of transitions, one function."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class SessionStatus(StrEnum):
    """The status of a session. PortOne's own status is stored in another column."""

    CREATED = "created"
    PREPARED = "prepared"
    VERIFYING = "verifying"
    AWAITING_DEPOSIT = "awaiting_deposit"
    PAID = "paid"
    PARTIALLY_CANCELLED = "partially_cancelled"
    CANCELLED = "cancelled"
    FAILED = "failed"
    MISMATCHED = "mismatched"
    EXPIRED = "expired"


_S = SessionStatus

OPEN: Final = frozenset({_S.CREATED, _S.PREPARED, _S.VERIFYING, _S.AWAITING_DEPOSIT})
"""The buyer may still pay; the stock is reserved."""

HOLDS_GOODS: Final = frozenset({_S.PAID, _S.PARTIALLY_CANCELLED})
"""The payment was received and the goods were granted."""

CLOSED: Final = frozenset({_S.CANCELLED, _S.FAILED, _S.MISMATCHED, _S.EXPIRED})
"""No money of this session is kept and no stock is reserved. It may still be paid, unless it was before."""

_ANY_OUTCOME = {_S.AWAITING_DEPOSIT, _S.PAID, _S.FAILED, _S.MISMATCHED, _S.EXPIRED, _S.CANCELLED}

MOVES: Final[Mapping[SessionStatus, frozenset[SessionStatus]]] = {
    _S.CREATED: frozenset({_S.PREPARED, _S.VERIFYING, *_ANY_OUTCOME}),
    _S.PREPARED: frozenset({_S.VERIFYING, *_ANY_OUTCOME}),
    # PortOne may not know of a payment yet when the browser reports it: the session waits again and does not fail.
    _S.VERIFYING: frozenset({_S.CREATED, _S.PREPARED, *_ANY_OUTCOME}),
    _S.AWAITING_DEPOSIT: frozenset({_S.PAID, _S.FAILED, _S.MISMATCHED, _S.EXPIRED, _S.CANCELLED}),
    _S.PAID: frozenset({_S.PARTIALLY_CANCELLED, _S.CANCELLED}),
    _S.PARTIALLY_CANCELLED: frozenset({_S.CANCELLED}),
    # A late payment may be accepted; and a declined buyer may try again with another card.
    _S.CANCELLED: frozenset({_S.PAID}),
    _S.FAILED: frozenset({_S.CREATED, _S.PREPARED, _S.AWAITING_DEPOSIT, _S.PAID, _S.MISMATCHED}),
    _S.EXPIRED: frozenset({_S.AWAITING_DEPOSIT, _S.PAID, _S.MISMATCHED}),
    # A wrong payment is refunded; a correct one is accepted, whichever of the two arrived first.
    _S.MISMATCHED: frozenset({_S.PAID}),
}


class IllegalMove(Exception):
    """A session cannot go from `current` to `target`."""

    def __init__(self, current: SessionStatus, target: SessionStatus) -> None:
        super().__init__(f"a session cannot go from {current} to {target}")


def advance(current: SessionStatus, target: SessionStatus) -> SessionStatus:
    """The status after a move to `target`, which may be the current status. Raises IllegalMove."""
    if target is current or target in MOVES[current]:
        return target
    raise IllegalMove(current, target)


def after_money(amount: int, cancelled: int) -> SessionStatus:
    """The status of a paid session after `cancelled` of its `amount` won were refunded.

    PortOne V1 has no status for a partial cancel and may answer `paid` or `cancelled` for one, so only amounts count.
    """
    if cancelled <= 0:
        return _S.PAID
    return _S.CANCELLED if cancelled >= amount else _S.PARTIALLY_CANCELLED
