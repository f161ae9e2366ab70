"""Whom receipts are issued to, and the state machine."""

from itertools import product

import pytest

from pitturu.domain.cash_receipts import (
    MOVES,
    SENDS,
    SETTLED,
    IllegalReceiptMove,
    ReceiptPurpose,
    ReceiptStage,
    advance,
    identify,
)

P, B = ReceiptPurpose.PERSONAL, ReceiptPurpose.BUSINESS


@pytest.mark.parametrize(
    ("purpose", "text", "kind", "masked"),
    [
        (P, "010-1234-5678", "phone", "*******5678"),
        (P, "016 123 4567", "phone", "******4567"),
        (P, "9540-2012-3456-789012", "card", "**************9012"),
        (B, "124-81-00998", "business", "******0998"),
    ],
)
def test_numbers(purpose: ReceiptPurpose, text: str, kind: str, masked: str) -> None:
    found = identify(purpose, text)
    assert found is not None
    assert (found.kind, found.masked) == (kind, masked)
    assert found.number not in repr(found)


@pytest.mark.parametrize(
    ("purpose", "text"),
    [
        (P, ""),
        (P, "02-123-4567"),
        (P, "010-123-4567"),
        (P, "124-81-00998"),
        (P, "900101-1234567"),
        (P, "9" * 20),
        (P, "०१०१२३४५६७८"),
        (P, "010-1234-5678\n"),
        (B, "124-81-00999"),
        (B, "010-1234-5678"),
        (B, "12481009980"),
    ],
)
def test_numbers_that_cannot_be_right(purpose: ReceiptPurpose, text: str) -> None:
    """A resident registration number is none of them: a shop must not collect it."""
    assert identify(purpose, text) is None


def test_one_digit_wrong_is_noticed() -> None:
    for place, digit in product(range(10), "0123456789"):
        changed = "1248100998"[:place] + digit + "1248100998"[place + 1 :]
        assert (identify(B, changed) is not None) == (changed == "1248100998") or place == 8


@pytest.mark.parametrize("current", ReceiptStage)
def test_the_move_to_every_stage(current: ReceiptStage) -> None:
    for target in ReceiptStage:
        if target is current or target in MOVES[current]:
            assert advance(current, target) is target
        else:
            with pytest.raises(IllegalReceiptMove):
                advance(current, target)


def test_after_every_request_comes_a_question() -> None:
    """Only a question leads to a request, so that none is repeated blindly."""
    for stage in ReceiptStage:
        assert (SENDS & MOVES[stage] == SENDS) == (stage is ReceiptStage.CHECKING)
    for stage in SENDS | SETTLED:
        assert ReceiptStage.CHECKING in MOVES[stage]
