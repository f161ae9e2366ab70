"""The row of a cancel; its account is encrypted, and erased once it is decided."""

import pytest
from sqlalchemy import text

from pitturu.domain import clock
from pitturu.domain.cancellation import UNDECIDED, CancelStage, IllegalCancelMove
from pitturu.domain.provider import RefundAccount
from pitturu.extensions import db
from pitturu.store import cancellations
from pitturu.store.cancellations import Cancellation
from tests.store import rows

ACCOUNT = RefundAccount("088", "110-123-456789", "김하나", "010-1234-5678")


@pytest.mark.parametrize("stage", CancelStage)
def test_undecided_stages(stage: CancelStage) -> None:
    assert Cancellation(stage=stage).is_undecided == (stage in UNDECIDED)
    assert (stage in UNDECIDED) == (stage not in (CancelStage.SUCCEEDED, CancelStage.REFUSED, CancelStage.REJECTED))


@pytest.mark.usefixtures("tables")
def test_an_account_is_stored_and_read() -> None:
    row = Cancellation()
    assert row.refund_account is None
    row.refund_account = ACCOUNT
    assert row.refund_account == ACCOUNT
    row.refund_account = None
    assert (row.refund_account, row.refund_encrypted, row.refund_number, row.refund_holder) == (None, None, None, None)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(("number", "kept"), [("110-123-456789", "**********6789"), ("1234", "**34"), ("1", "*")])
def test_a_decided_cancel_keeps_only_the_last_digits(number: str, kept: str) -> None:
    row = Cancellation(stage=CancelStage.SENT, due_at=clock.now(), dead_at=clock.now())
    row.refund_account = RefundAccount("088", number, "김하나", "010-1234-5678")
    row.decide(CancelStage.SUCCEEDED)
    assert (row.stage, row.due_at, row.dead_at, row.refund_number, row.refund_holder) == (
        "succeeded",
        None,
        None,
        kept,
        "김**",
    )
    assert (row.refund_account, row.refund_encrypted) == (None, None)
    assert row.decided_at is not None


@pytest.mark.usefixtures("tables")
def test_the_database_holds_no_account_in_plain_text() -> None:
    row = rows.cancellation(rows.payment(rows.session()))
    row.refund_account = ACCOUNT
    db.session.flush()
    query = text("SELECT refund_encrypted, to_jsonb(c)::text FROM payment_cancellations c")
    (encrypted, whole) = db.session.execute(query).one()
    assert encrypted != b""
    for secret in (ACCOUNT.number, "123-45", ACCOUNT.holder, ACCOUNT.tel):
        assert secret not in whole
        assert secret.encode() not in encrypted
    db.session.expire_all()
    assert cancellations.by_key(row.id).refund_account == ACCOUNT


def test_an_account_is_not_printed() -> None:
    assert "088" in repr(ACCOUNT)
    for secret in (ACCOUNT.number, ACCOUNT.holder, ACCOUNT.tel):
        assert secret not in repr(ACCOUNT)


@pytest.mark.usefixtures("tables")
def test_an_illegal_move_changes_nothing() -> None:
    row = rows.cancellation(rows.payment(rows.session()), stage=CancelStage.SUCCEEDED)
    with pytest.raises(IllegalCancelMove):
        row.stage = CancelStage.SENT
    assert row.stage == "succeeded"


@pytest.mark.usefixtures("tables")
def test_cancels_are_listed_oldest_first() -> None:
    payment = rows.payment(rows.session())
    placed = [rows.cancellation(payment, amount=amount).id for amount in (3, 1, 2)]
    assert [row.id for row in cancellations.of_payment(payment.id)] == placed
    assert cancellations.by_key(placed[1]).amount == 1
