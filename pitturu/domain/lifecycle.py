"""The life of a payment session as data: an enum, a table of moves, one function."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SessionStatus(StrEnum):
    """Where a session stands, in our words. PortOne's own word is kept beside it."""

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
"""The buyer may still pay; the stock is held."""

HOLDS_GOODS: Final = frozenset({_S.PAID, _S.PARTIALLY_CANCELLED})
"""The buyer's money is here and the goods are theirs."""

CLOSED: Final = frozenset({_S.CANCELLED, _S.FAILED, _S.MISMATCHED, _S.EXPIRED})
"""No money of this session is kept and no stock is held. All may still be paid."""

_ANY_OUTCOME = {_S.AWAITING_DEPOSIT, _S.PAID, _S.FAILED, _S.MISMATCHED, _S.EXPIRED, _S.CANCELLED}

MOVES: Final = MappingProxyType(
    {
        _S.CREATED: frozenset({_S.PREPARED, _S.VERIFYING, *_ANY_OUTCOME}),
        _S.PREPARED: frozenset({_S.VERIFYING, *_ANY_OUTCOME}),
        # PortOne may know nothing yet when the browser says "paid": back to waiting, not to failure.
        _S.VERIFYING: frozenset({_S.CREATED, _S.PREPARED, *_ANY_OUTCOME}),
        _S.AWAITING_DEPOSIT: frozenset({_S.PAID, _S.FAILED, _S.MISMATCHED, _S.EXPIRED, _S.CANCELLED}),
        _S.PAID: frozenset({_S.PARTIALLY_CANCELLED, _S.CANCELLED}),
        _S.PARTIALLY_CANCELLED: frozenset({_S.CANCELLED}),
        # Late money is still money; and a declined buyer may try again with another card.
        _S.CANCELLED: frozenset({_S.PAID}),
        _S.FAILED: frozenset({_S.CREATED, _S.AWAITING_DEPOSIT, _S.PAID, _S.MISMATCHED}),
        _S.EXPIRED: frozenset({_S.AWAITING_DEPOSIT, _S.PAID, _S.MISMATCHED}),
        # The wrong money goes back; a correct payment is accepted, whichever of the two arrived first.
        _S.MISMATCHED: frozenset({_S.PAID}),
    }
)


class IllegalMove(Exception):
    """A session was told to become what it cannot become from where it stands."""

    def __init__(self, current: SessionStatus, target: SessionStatus) -> None:
        super().__init__(f"a session cannot go from {current} to {target}")
        self.current, self.target = current, target


def advance(current: SessionStatus, target: SessionStatus) -> SessionStatus:
    """The status after hearing `target`. Hearing the same twice is not news. Raises IllegalMove."""
    if target is current or target in MOVES[current]:
        return target
    raise IllegalMove(current, target)


def after_money(amount: int, cancelled: int) -> SessionStatus:
    """What a paid session is called once `cancelled` of its `amount` won went back to the buyer.

    PortOne V1 has no word for a partial cancel and may answer `paid` or `cancelled` for one, so only amounts count.
    """
    if cancelled <= 0:
        return _S.PAID
    return _S.CANCELLED if cancelled >= amount else _S.PARTIALLY_CANCELLED
