"""PortOne's cancels matched with ours: each becomes one row, whoever asked for it and however it is told."""

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


def said(of: tuple[PaymentSession, Payment], **cancelled: Any) -> list[Cancellation]:
    """PortOne tells of these cancels; our rows, oldest first."""
    session, money = of
    apply_provider_state(session, attempt(session, CANCELLED, provider_id=money.imp_uid, **cancelled))
    return list(cancellations.of_payment(money.id))


def test_somebody_else_cancelled(paid: tuple[PaymentSession, Payment]) -> None:
    (row,) = said(paid, **cancels(700))
    assert (row.stage, row.amount, row.origin, row.name, row.reason) == ("succeeded", 700, "portone", None, "console")
    assert paid[1].cancelled_amount == 700


def test_told_twice(paid: tuple[PaymentSession, Payment]) -> None:
    said(paid, **cancels(700))
    assert [row.amount for row in said(paid, **cancels(700, 300))] == [700, 300]
    assert paid[1].cancelled_amount == 1_000


@pytest.mark.parametrize("rounds", [1, 2])
def test_old_cancels_without_names_are_told_apart_by_their_place(
    paid: tuple[PaymentSession, Payment], rounds: int
) -> None:
    for _ in range(rounds):
        found = said(paid, **cancels(500, 500, named=False))
    assert [(row.provider_cancellation_id, row.amount) for row in found] == [("#0", 500), ("#1", 500)]


def test_the_sum_says_more_than_the_list(paid: tuple[PaymentSession, Payment]) -> None:
    """What the buyer got back counts, whether PortOne lists it or not."""
    rows_now = said(paid, cancelled_amount=1_200, cancellations=cancels(700)["cancellations"])
    assert [row.amount for row in rows_now] == [700, 500]
    assert said(paid, cancelled_amount=1_200, cancellations=cancels(700)["cancellations"]) == rows_now
    assert paid[1].cancelled_amount == 1_200


def test_the_list_says_more_than_the_sum(paid: tuple[PaymentSession, Payment]) -> None:
    """Nothing is written down that the sum does not cover."""
    found = said(paid, cancelled_amount=700, cancellations=cancels(700, 900)["cancellations"])
    assert [row.amount for row in found] == [700]


def test_ours_is_recognised_by_its_amount(paid: tuple[PaymentSession, Payment]) -> None:
    session, money = paid
    sent = rows.cancellation(money, stage=CancelStage.SENT, amount=1_000, quantity=1)
    (row,) = said(paid, **cancels(1_000))
    assert (row.id, row.stage, row.provider_cancellation_id, row.name) == (sent.id, "succeeded", "c0", "hana")
    assert inventory.granted(session.id) == 1


def test_one_that_never_left_is_not_taken_for_done(paid: tuple[PaymentSession, Payment]) -> None:
    waiting = rows.cancellation(paid[1], stage=CancelStage.REQUESTED, amount=700)
    found = said(paid, **cancels(700))
    assert [(row.id == waiting.id, row.stage) for row in found] == [(True, "requested"), (False, "succeeded")]


def test_one_that_fits_no_more_is_retired(paid: tuple[PaymentSession, Payment]) -> None:
    rows.cancellation(paid[1], stage=CancelStage.REQUESTED, amount=1_500)
    waiting, _ = said(paid, **cancels(700))
    assert (waiting.stage, waiting.due_at) == ("refused", None)
    assert waiting.refusal == "The money went back in another way."


def test_promises_are_kept_in_their_order_while_money_is_left(paid: tuple[PaymentSession, Payment]) -> None:
    """Each of the three fits what a console's cancel left; together they do not, and the last one is told so."""
    for stage, amount in ((CancelStage.SENT, 700), (CancelStage.REQUESTED, 300), (CancelStage.REQUESTED, 1_000)):
        rows.cancellation(paid[1], stage=stage, amount=amount)
    *ours, _ = said(paid, **cancels(600))
    assert [(row.amount, row.stage) for row in ours] == [(700, "sent"), (300, "requested"), (1_000, "refused")]
    assert [line.detail for line in events.of_session(paid[0].id) if line.kind == "cancel_refused"] == [ours[2].refusal]


def test_one_on_its_way_is_left_to_its_worker(paid: tuple[PaymentSession, Payment]) -> None:
    rows.cancellation(paid[1], stage=CancelStage.SENT, amount=1_500)
    sent, _ = said(paid, **cancels(700))
    assert sent.stage == "sent"


def test_the_last_won_takes_all_pieces_back(paid: tuple[PaymentSession, Payment]) -> None:
    session, _ = paid
    said(paid, **cancels(1_999))
    assert (session.status, inventory.granted(session.id)) == ("partially_cancelled", 2)
    said(paid, **cancels(1_999, 1))
    assert (session.status, inventory.granted(session.id), session.stock_held) == ("cancelled", 0, 0)


def test_more_pieces_than_there_are_cannot_come_back(paid: tuple[PaymentSession, Payment]) -> None:
    session, money = paid
    rows.entry(session, -1)
    rows.cancellation(money, stage=CancelStage.SENT, amount=1_500, quantity=2)
    said(paid, **cancels(1_500))
    assert inventory.granted(session.id) == 0


def test_a_rejected_deposit_waits_for_an_account() -> None:
    session = rows.session()
    apply_provider_state(session, attempt(session, PAID, amount=5, pay_method="vbank"))
    (row,) = cancellations.of_payment(payment(session).id)
    assert (row.stage, row.due_at, row.origin) == ("needs_account", None, "system")


def test_rejected_money_that_went_back_is_not_sent_back_again() -> None:
    session = rows.session()
    apply_provider_state(session, attempt(session, CANCELLED, amount=5, **cancels(5)))
    assert [row.origin for row in cancellations.of_payment(payment(session).id)] == ["portone"]


def test_rejected_money_partly_given_back_by_hand() -> None:
    """The automatic refund is about all that is left."""
    session = rows.session()
    apply_provider_state(session, attempt(session, PAID, amount=900))
    apply_provider_state(session, attempt(session, CANCELLED, amount=900, **cancels(300)))
    found = [(row.origin, row.stage, row.amount) for row in cancellations.of_payment(payment(session).id)]
    assert found == [("system", "requested", 600), ("portone", "succeeded", 300)]
    apply_provider_state(session, attempt(session, CANCELLED, amount=900, **cancels(300, 600)))
    stages = [row.stage for row in cancellations.of_payment(payment(session).id)]
    assert stages == ["refused", "succeeded", "succeeded"]


def test_an_account_is_withdrawn_once_when_the_money_came_otherwise() -> None:
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


def test_a_refused_withdrawal_is_tried_again_while_the_account_waits() -> None:
    """The PG said no, and PortOne still says that the account takes money."""
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
