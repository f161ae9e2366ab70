"""PortOne's cancels matched with ours: each becomes one row, regardless of who requested it and how it is reported."""

from typing import Any

import pytest

from pitturu.domain.cancellation import CancelStage
from pitturu.extensions import db
from pitturu.store import cancellations, events, inventory
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession
from tests.payments.provider_payments import (
    ACCOUNT,
    CANCELLED,
    PAID,
    READY,
    apply_provider_state,
    attempt,
    cancels,
    payment,
)
from tests.store import rows

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def paid(tables: None) -> tuple[PaymentSession, Payment]:
    """A purchase of two pieces for 2,000 won."""
    return rows.purchase()


def report(of: tuple[PaymentSession, Payment], **cancelled: Any) -> list[Cancellation]:
    """Apply PortOne's answer with these cancels. Returns our rows, oldest first."""
    session, money = of
    apply_provider_state(session, attempt(session, CANCELLED, provider_id=money.imp_uid, **cancelled))
    return list(cancellations.of_payment(money.id))


def test_a_cancel_in_the_console_becomes_a_row(paid: tuple[PaymentSession, Payment]) -> None:
    (row,) = report(paid, **cancels(700))
    assert (row.stage, row.amount, row.origin, row.name, row.reason) == ("succeeded", 700, "portone", None, "console")
    assert paid[1].cancelled_amount == 700


def test_a_cancel_that_is_reported_twice_is_one_row(paid: tuple[PaymentSession, Payment]) -> None:
    report(paid, **cancels(700))
    assert [row.amount for row in report(paid, **cancels(700, 300))] == [700, 300]
    assert paid[1].cancelled_amount == 1_000


@pytest.mark.parametrize("rounds", [1, 2])
def test_old_cancels_without_ids_are_distinguished_by_their_position(
    paid: tuple[PaymentSession, Payment], rounds: int
) -> None:
    for _ in range(rounds):
        found = report(paid, **cancels(500, 500, named=False))
    assert [(row.provider_cancellation_id, row.amount) for row in found] == [("#0", 500), ("#1", 500)]


def test_a_sum_larger_than_the_list_adds_a_row(paid: tuple[PaymentSession, Payment]) -> None:
    """The refunded amount counts, whether PortOne lists the cancel or not."""
    rows_now = report(paid, cancelled_amount=1_200, cancellations=cancels(700)["cancellations"])
    assert [row.amount for row in rows_now] == [700, 500]
    assert report(paid, cancelled_amount=1_200, cancellations=cancels(700)["cancellations"]) == rows_now
    assert paid[1].cancelled_amount == 1_200


def test_listed_cancels_beyond_the_sum_are_ignored(paid: tuple[PaymentSession, Payment]) -> None:
    """No row is added that the sum does not cover."""
    found = report(paid, cancelled_amount=700, cancellations=cancels(700, 900)["cancellations"])
    assert [row.amount for row in found] == [700]


def test_our_sent_cancel_is_matched_by_its_amount(paid: tuple[PaymentSession, Payment]) -> None:
    session, money = paid
    sent = rows.cancellation(money, stage=CancelStage.SENT, amount=1_000, quantity=1)
    (row,) = report(paid, **cancels(1_000))
    assert (row.id, row.stage, row.provider_cancellation_id, row.name) == (sent.id, "succeeded", "c0", "hana")
    assert inventory.granted(session.id) == 1


def test_a_cancel_that_was_not_sent_is_not_matched(paid: tuple[PaymentSession, Payment]) -> None:
    waiting = rows.cancellation(paid[1], stage=CancelStage.REQUESTED, amount=700)
    found = report(paid, **cancels(700))
    assert [(row.id == waiting.id, row.stage) for row in found] == [(True, "requested"), (False, "succeeded")]


def test_a_cancel_above_the_remaining_amount_is_refused(paid: tuple[PaymentSession, Payment]) -> None:
    rows.cancellation(paid[1], stage=CancelStage.REQUESTED, amount=1_500)
    waiting, _ = report(paid, **cancels(700))
    assert (waiting.stage, waiting.due_at) == ("refused", None)
    assert waiting.refusal == "The money went back in another way."


def test_cancels_are_kept_in_their_order_while_money_is_left(paid: tuple[PaymentSession, Payment]) -> None:
    """Each of the three fits the remaining amount; together they do not, and the last one is refused."""
    for stage, amount in ((CancelStage.SENT, 700), (CancelStage.REQUESTED, 300), (CancelStage.REQUESTED, 1_000)):
        rows.cancellation(paid[1], stage=stage, amount=amount)
    *ours, _ = report(paid, **cancels(600))
    assert [(row.amount, row.stage) for row in ours] == [(700, "sent"), (300, "requested"), (1_000, "refused")]
    assert [line.detail for line in events.of_session(paid[0].id) if line.kind == "cancel_refused"] == [ours[2].refusal]


def test_a_sent_cancel_is_not_refused_here(paid: tuple[PaymentSession, Payment]) -> None:
    rows.cancellation(paid[1], stage=CancelStage.SENT, amount=1_500)
    sent, _ = report(paid, **cancels(700))
    assert sent.stage == "sent"


def test_a_full_refund_takes_all_pieces_back(paid: tuple[PaymentSession, Payment]) -> None:
    session, _ = paid
    report(paid, **cancels(1_999))
    assert (session.status, inventory.granted(session.id)) == ("partially_cancelled", 2)
    report(paid, **cancels(1_999, 1))
    assert (session.status, inventory.granted(session.id), session.stock_held) == ("cancelled", 0, 0)


def test_no_more_pieces_are_taken_back_than_granted(paid: tuple[PaymentSession, Payment]) -> None:
    session, money = paid
    rows.entry(session, -1)
    rows.cancellation(money, stage=CancelStage.SENT, amount=1_500, quantity=2)
    report(paid, **cancels(1_500))
    assert inventory.granted(session.id) == 0


def test_a_rejected_deposit_waits_for_an_account() -> None:
    session = rows.session()
    apply_provider_state(session, attempt(session, PAID, amount=5, pay_method="vbank"))
    (row,) = cancellations.of_payment(payment(session).id)
    assert (row.stage, row.due_at, row.origin) == ("needs_account", None, "system")


def test_a_rejected_payment_that_was_refunded_is_not_refunded_again() -> None:
    session = rows.session()
    apply_provider_state(session, attempt(session, CANCELLED, amount=5, **cancels(5)))
    assert [row.origin for row in cancellations.of_payment(payment(session).id)] == ["portone"]


def test_a_rejected_payment_that_was_partly_refunded() -> None:
    """The automatic refund is of the remaining amount."""
    session = rows.session()
    apply_provider_state(session, attempt(session, PAID, amount=900))
    apply_provider_state(session, attempt(session, CANCELLED, amount=900, **cancels(300)))
    found = [(row.origin, row.stage, row.amount) for row in cancellations.of_payment(payment(session).id)]
    assert found == [("system", "requested", 600), ("portone", "succeeded", 300)]
    apply_provider_state(session, attempt(session, CANCELLED, amount=900, **cancels(300, 600)))
    stages = [row.stage for row in cancellations.of_payment(payment(session).id)]
    assert stages == ["refused", "succeeded", "succeeded"]


def test_a_virtual_account_is_withdrawn_once_after_another_payment() -> None:
    session = rows.session()
    waiting = attempt(session, READY, provider_id="imp_2", virtual_account=ACCOUNT, pay_method="vbank")
    apply_provider_state(session, waiting)
    for _ in range(2):
        apply_provider_state(session, attempt(session), waiting)
    (row,) = cancellations.of_payment(payment(session, "imp_2").id)
    assert (row.kind, row.amount, row.origin) == ("revoke", 0, "system")
    apply_provider_state(
        session, attempt(session, CANCELLED, provider_id="imp_2", paid_at=None, virtual_account=ACCOUNT)
    )
    db.session.refresh(row)
    assert row.stage == "succeeded"


def test_a_refused_withdrawal_is_tried_again_while_the_account_is_open() -> None:
    """The PG refused it, and PortOne still reports the account as open."""
    session = rows.session()
    waiting = attempt(session, READY, provider_id="imp_2", virtual_account=ACCOUNT, pay_method="vbank")
    apply_provider_state(session, attempt(session), waiting)
    (row,) = cancellations.of_payment(payment(session, "imp_2").id)
    row.refusal = "no"
    row.decide(CancelStage.REFUSED)
    db.session.flush()
    apply_provider_state(session, attempt(session), waiting)
    (row,) = cancellations.of_payment(payment(session, "imp_2").id)
    assert (row.stage, row.refusal, row.decided_at) == ("requested", None, None)
    assert row.due_at is not None
