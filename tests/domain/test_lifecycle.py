"""The allowed transitions of a session, listed here independently of the code."""

import pytest

from pitturu.domain.lifecycle import (
    CLOSED,
    HOLDS_GOODS,
    MOVES,
    OPEN,
    IllegalMove,
    SessionStatus,
    advance,
    after_money,
)

ALLOWED = {
    "created": "prepared verifying awaiting_deposit paid failed mismatched expired cancelled",
    "prepared": "verifying awaiting_deposit paid failed mismatched expired cancelled",
    "verifying": "created prepared awaiting_deposit paid failed mismatched expired cancelled",
    "awaiting_deposit": "paid failed mismatched expired cancelled",
    "paid": "partially_cancelled cancelled",
    "partially_cancelled": "cancelled",
    "cancelled": "paid",
    "failed": "created prepared awaiting_deposit paid mismatched",
    "expired": "awaiting_deposit paid mismatched",
    "mismatched": "paid",
}


@pytest.mark.parametrize("current", SessionStatus)
def test_transition_to_every_status(current: SessionStatus) -> None:
    for target in SessionStatus:
        if target is current or target in ALLOWED[current].split():
            assert advance(current, target) is target
        else:
            with pytest.raises(IllegalMove, match=f"from {current} to {target}"):
                advance(current, target)


def test_every_status_has_transitions() -> None:
    assert set(MOVES) == set(SessionStatus) == set(ALLOWED)


def test_every_status_is_open_or_holds_goods_or_is_closed() -> None:
    assert set(SessionStatus) == OPEN | HOLDS_GOODS | CLOSED
    assert len(OPEN) + len(HOLDS_GOODS) + len(CLOSED) == len(SessionStatus)


@pytest.mark.parametrize(
    ("cancelled", "status"),
    [(0, "paid"), (1, "partially_cancelled"), (9_999, "partially_cancelled"), (10_000, "cancelled")],
)
def test_amounts_determine_the_status_of_a_paid_session(cancelled: int, status: str) -> None:
    assert after_money(10_000, cancelled) == status
