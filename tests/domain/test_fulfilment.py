"""The allowed moves of a line's fulfilment, listed here independently of the code."""

from itertools import product

import pytest

from pitturu.domain.fulfilment import HANDED_OVER, MOVES, Fulfilment, can_move

ALLOWED = {
    "none": "preparing shipped delivered used",
    "preparing": "none shipped delivered used",
    "shipped": "preparing delivered used",
    "delivered": "shipped used",
    "used": "delivered",
}


@pytest.mark.parametrize(("current", "target"), list(product(Fulfilment, Fulfilment)))
def test_move_between_every_pair(current: Fulfilment, target: Fulfilment) -> None:
    assert can_move(current, target) == (target is current or target in ALLOWED[current].split())


def test_every_fulfilment_has_moves() -> None:
    assert set(MOVES) == set(Fulfilment) == set(ALLOWED)


def test_what_was_handed_over_never_becomes_untouched_in_one_step() -> None:
    assert all(Fulfilment.NONE not in MOVES[handed_over] for handed_over in (*HANDED_OVER, Fulfilment.SHIPPED))
