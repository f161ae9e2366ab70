"""The refund of a payment of an unknown order: a cancel, sent once, and only if PortOne's answer allows it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause, CauseKind, Origin
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import (
    CancelState,
    Generation,
    ProviderCancellation,
    ProviderPayment,
    ProviderStatus,
    Receipt,
)
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.extensions import db
from pitturu.payments.cancellations import unknown_orders
from pitturu.payments.cancellations.send import HANDLER, Step
from pitturu.payments.handlers import WorkerContext
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

PAID_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAID = ProviderPayment(
    "imp_x",
    "unknown_order",
    ProviderStatus.PAID,
    "paid",
    7_000,
    0,
    "KRW",
    True,
    "card",
    "html5_inicis",
    paid_at=PAID_AT,
)
OURS = ProviderCancellation("c1", 7_000, "", PAID_AT)
CANCELLED = replace(PAID, status=ProviderStatus.CANCELLED, cancelled_amount=7_000, cancellations=(OURS,))
PENDING = replace(PAID, cancellations=(replace(OURS, state=CancelState.PENDING),))
LOST = GatewayError(Reaction.ASK_FIRST, "The answer was lost.")
REFUSED = GatewayError(Reaction.STOP, "기간이 지났습니다.")


@pytest.fixture
def context(settings: Settings) -> WorkerContext:
    """A shop that refunds payments of unknown orders."""
    return WorkerContext({}, replace(settings, unknown_payment=UnknownPaymentPolicy.REFUND))


@pytest.fixture
def refund(tables: None) -> Cancellation:
    """A refund that a comparison has begun."""
    work = UnitOfWork()
    cause = Cause(CauseKind.COMPARISON, Origin.SYSTEM, None, clock.now(), None)
    row = unknown_orders.begin_refund(work, Generation.V1, PAID, cause)
    db.session.flush()
    return row


def steps(context: WorkerContext, row: Cancellation, *answers: Any) -> list[Step]:
    """Claim the next steps and apply these answers of PortOne."""
    taken = []
    for answer in answers:
        row.due_at = clock.now()
        db.session.flush()
        (one,) = HANDLER.claim(context, UnitOfWork(), 1)
        db.session.flush()
        HANDLER.apply(context, UnitOfWork(), one, answer)
        taken.append(one)
    return taken


def payment() -> Payment:
    """The payment of the unknown order."""
    found: Payment = db.session.query(Payment).one()
    return found


def test_it_is_sent_once_with_the_remaining_amount(context: WorkerContext, refund: Cancellation) -> None:
    (sent,) = steps(context, refund, CANCELLED)
    assert sent.order is not None
    assert (sent.order.amount, sent.order.balance, sent.order.by_buyer) == (7_000, 7_000, False)
    assert (refund.stage, refund.due_at, refund.session_key) == ("succeeded", None, None)
    assert (payment().status, payment().cancelled_amount, payment().session_key) == ("cancelled", 7_000, None)


def test_an_earlier_partial_cancel_is_not_refunded_again(context: WorkerContext, tables: None) -> None:
    part = replace(PAID, cancelled_amount=3_000)
    cause = Cause(CauseKind.COMPARISON, Origin.SYSTEM, None, clock.now(), None)
    row = unknown_orders.begin_refund(UnitOfWork(), Generation.V1, part, cause)
    (sent,) = steps(context, row, LOST)
    assert sent.order is not None
    assert (sent.order.amount, sent.order.balance) == (4_000, 4_000)


def test_after_a_lost_answer_the_same_cancel_is_sent_again(context: WorkerContext, refund: Cancellation) -> None:
    taken = steps(context, refund, LOST, PAID, CANCELLED)
    assert [one.order is not None for one in taken] == [True, False, True]
    assert taken[0].order == taken[2].order


def test_a_sent_refund_of_a_dead_worker_is_asked_about(context: WorkerContext, refund: Cancellation) -> None:
    refund.stage = "sent"
    (asked,) = steps(context, refund, CANCELLED)
    assert (asked.order, refund.stage) == (None, "succeeded")


def test_a_pending_decision_of_the_pg_is_awaited(context: WorkerContext, refund: Cancellation) -> None:
    steps(context, refund, Receipt("c1"), PENDING)
    assert (refund.stage, refund.due_at is not None) == ("sent", True)


def test_a_refund_that_was_not_executed_is_sent_again_later(context: WorkerContext, refund: Cancellation) -> None:
    steps(context, refund, GatewayError(Reaction.TRY_AGAIN, "PortOne cannot be reached."))
    assert (refund.stage, refund.balance) == ("requested", 7_000)


def test_a_refusal_is_retried_as_another_cancel_and_shown_to_operators(
    context: WorkerContext, refund: Cancellation
) -> None:
    taken = steps(context, refund, REFUSED, PAID, REFUSED)
    assert (refund.stage, refund.round) == ("sent", 1)
    assert taken[0].order is not None
    assert taken[2].order is not None
    assert taken[0].order.key != taken[2].order.key
    refund.attempts = 100
    steps(context, refund, PAID)
    assert (refund.last_error, refund.dead_at is not None, refund.due_at) == (REFUSED.message, True, None)


def test_another_balance_is_another_cancel(context: WorkerContext, refund: Cancellation) -> None:
    part = replace(PAID, cancelled_amount=3_000)
    taken = steps(context, refund, GatewayError(Reaction.STOP, "잔액"), part, CANCELLED)
    assert taken[2].order is not None
    assert (taken[2].order.amount, taken[2].order.balance) == (4_000, 4_000)
    assert taken[0].order is not None
    assert taken[0].order.key != taken[2].order.key


@pytest.mark.parametrize("answer", [None, replace(PAID, provider_id="imp_y"), replace(PAID, order_id="hers")])
def test_an_answer_about_another_payment_moves_no_money(
    context: WorkerContext, refund: Cancellation, answer: Any
) -> None:
    steps(context, refund, LOST, answer)
    assert (refund.stage in ("sent", "requested"), payment().cancelled_amount) == (True, 0)


def test_a_payment_of_a_known_order_is_not_refunded(context: WorkerContext, refund: Cancellation) -> None:
    rows.session(merchant_uid="unknown_order")
    assert list(HANDLER.claim(context, UnitOfWork(), 1)) == []
    assert (refund.stage, refund.due_at, refund.refusal) == ("refused", None, unknown_orders.ISSUED)


def test_changing_the_setting_stops_a_refund_that_was_not_sent(settings: Settings, refund: Cancellation) -> None:
    assert list(HANDLER.claim(WorkerContext({}, settings), UnitOfWork(), 1)) == []
    assert (refund.stage, refund.refusal) == ("refused", unknown_orders.KEPT)


def test_a_sent_refund_is_asked_about_whatever_the_setting(
    settings: Settings, context: WorkerContext, refund: Cancellation
) -> None:
    steps(context, refund, LOST)
    (asked,) = steps(WorkerContext({}, settings), refund, CANCELLED)
    assert (asked.order, refund.stage) == (None, "succeeded")


def test_an_answer_after_the_lease_is_ignored(context: WorkerContext, refund: Cancellation) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    refund.due_at = clock.now() + timedelta(minutes=5)
    db.session.flush()
    HANDLER.apply(context, UnitOfWork(), one, REFUSED)
    assert (refund.stage, refund.refusal) == ("sent", None)


def test_an_unexpected_error_is_retried_slowly(context: WorkerContext, refund: Cancellation) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    HANDLER.postpone(UnitOfWork(), one, "KeyError: 'x'")
    assert refund.last_error == "KeyError: 'x'"
