"""The allowed transitions of a cancel, listed here independently of the code."""

from itertools import product

import pytest

from pitturu.domain.cancellation import MOVES, UNDECIDED, CancelStage, IllegalCancelMove, advance

ALLOWED = {
    "return_requested": "awaiting_approval requested rejected refused",
    "awaiting_approval": "needs_account requested rejected refused",
    "needs_account": "awaiting_approval requested refused",
    "requested": "awaiting_approval sent succeeded refused",
    "sent": "requested succeeded refused",
    "succeeded": "",
    "refused": "awaiting_approval requested",
    "rejected": "",
}


@pytest.mark.parametrize(("current", "target"), list(product(CancelStage, CancelStage)))
def test_transition_between_every_pair_of_stages(current: CancelStage, target: CancelStage) -> None:
    if target is current or target in ALLOWED[current].split():
        assert advance(current, target) is target
    else:
        with pytest.raises(IllegalCancelMove, match=f"from {current} to {target}"):
            advance(current, target)


def test_every_stage_has_transitions() -> None:
    assert set(MOVES) == set(CancelStage) == set(ALLOWED)


def test_decided_stages() -> None:
    assert set(CancelStage) - UNDECIDED == {CancelStage.SUCCEEDED, CancelStage.REFUSED, CancelStage.REJECTED}
