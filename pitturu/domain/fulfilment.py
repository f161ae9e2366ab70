"""How far the shop has come with the pieces of a line, as data: an enum and a table of transitions."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fulfilment(StrEnum):
    """NONE: nothing was begun, so the buyer may still cancel alone. USED: a service or download was consumed."""

    NONE = "none"
    PREPARING = "preparing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    USED = "used"


_F = Fulfilment

MOVES: Final[Mapping[Fulfilment, frozenset[Fulfilment]]] = {
    _F.NONE: frozenset({_F.PREPARING, _F.SHIPPED, _F.DELIVERED, _F.USED}),
    # NONE is reached from here only: the buyer of what was sent must not be able to cancel alone after a correction.
    _F.PREPARING: frozenset({_F.NONE, _F.SHIPPED, _F.DELIVERED, _F.USED}),
    # Not back to PREPARING, which would lead on to NONE.
    _F.SHIPPED: frozenset({_F.DELIVERED, _F.USED}),
    # One step back corrects a mistake.
    _F.DELIVERED: frozenset({_F.SHIPPED, _F.USED}),
    _F.USED: frozenset({_F.DELIVERED}),
}

ON_THE_WAY: Final = frozenset({_F.PREPARING, _F.SHIPPED})
"""The shop has begun, and the buyer does not have the pieces yet."""

HANDED_OVER: Final = frozenset({_F.DELIVERED, _F.USED})
"""The buyer has the pieces, so the time to return them runs."""


def can_move(current: Fulfilment, target: Fulfilment) -> bool:
    """Whether a line may go from `current` to `target`; staying is always allowed."""
    return target is current or target in MOVES[current]
