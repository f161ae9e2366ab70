"""Every pair of stages of a cancel has an answer, written down here a second time and by hand."""

from itertools import product

import pytest

from pitturu.domain.cancellation import MOVES, UNDECIDED, CancelStage, IllegalCancelMove, advance

ALLOWED = {
    "needs_account": "requested refused",
    "requested": "sent succeeded refused",
    "sent": "requested succeeded refused",
    "succeeded": "",
    "refused": "requested",
}


@pytest.mark.parametrize(("current", "target"), list(product(CancelStage, CancelStage)))
def test_every_pair(current: CancelStage, target: CancelStage) -> None:
    if target is current or target in ALLOWED[current].split():
        assert advance(current, target) is target
    else:
        with pytest.raises(IllegalCancelMove, match=f"from {current} to {target}"):
            advance(current, target)


def test_every_stage_has_a_row_of_moves() -> None:
    assert set(MOVES) == set(CancelStage) == set(ALLOWED)


def test_what_is_decided() -> None:
    assert set(CancelStage) - UNDECIDED == {CancelStage.SUCCEEDED, CancelStage.REFUSED}
