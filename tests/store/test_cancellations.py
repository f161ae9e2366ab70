"""The row of a cancel: undecided until decided, and then it keeps no more of an account than its last digits."""

import pytest

from pitturu.domain import clock
from pitturu.domain.provider import RefundAccount
from pitturu.store import cancellations
from pitturu.store.cancellations import UNDECIDED, Cancellation, Stage
from tests.store import rows

ACCOUNT = RefundAccount("088", "110-123-456789", "김하나", "010-1234-5678")


@pytest.mark.parametrize("stage", Stage)
def test_undecided(stage: Stage) -> None:
    assert Cancellation(stage=stage).is_undecided == (stage in UNDECIDED)
    assert (stage in UNDECIDED) == (stage not in (Stage.SUCCEEDED, Stage.REFUSED))


def test_an_account_there_and_back() -> None:
    row = Cancellation()
    assert row.refund_account is None
    row.refund_account = ACCOUNT
    assert row.refund_account == ACCOUNT
    row.refund_account = None
    assert (row.refund_account, row.refund_tel) == (None, None)


@pytest.mark.parametrize(("number", "kept"), [("110-123-456789", "**********6789"), ("1234", "1234"), ("12", "12")])
def test_decided(number: str, kept: str) -> None:
    row = Cancellation(stage=Stage.SENT, due_at=clock.now(), dead_at=clock.now())
    row.refund_account = RefundAccount("088", number, "김하나", "010-1234-5678")
    row.decide(Stage.SUCCEEDED)
    assert (row.stage, row.due_at, row.dead_at, row.refund_number, row.refund_tel) == (
        "succeeded",
        None,
        None,
        kept,
        None,
    )
    assert row.decided_at is not None


@pytest.mark.usefixtures("tables")
def test_oldest_first() -> None:
    payment = rows.payment(rows.session())
    placed = [rows.cancellation(payment, amount=amount).id for amount in (3, 1, 2)]
    assert [row.id for row in cancellations.of_payment(payment.id)] == placed
    assert cancellations.by_key(placed[1]).amount == 1
