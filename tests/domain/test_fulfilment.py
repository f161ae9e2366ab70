"""The allowed moves of a line's fulfilment, listed here independently of the code."""

from itertools import product

import pytest

from pitturu.domain.fulfilment import HANDED_OVER, MOVES, Fulfilment, can_move

ALLOWED = {
    "none": "preparing shipped delivered used",
    "preparing": "none shipped delivered used",
    "shipped": "delivered used",
    "delivered": "shipped used",
    "used": "delivered",
}


@pytest.mark.parametrize(("current", "target"), list(product(Fulfilment, Fulfilment)))
def test_move_between_every_pair(current: Fulfilment, target: Fulfilment) -> None:
    assert can_move(current, target) == (target is current or target in ALLOWED[current].split())


def test_every_fulfilment_has_moves() -> None:
    assert set(MOVES) == set(Fulfilment) == set(ALLOWED)


def test_what_was_sent_never_becomes_untouched_in_any_number_of_steps() -> None:
    reached = {*HANDED_OVER, Fulfilment.SHIPPED}
    for _ in Fulfilment:
        reached |= {target for current in reached for target in MOVES[current]}
    assert Fulfilment.NONE not in reached
