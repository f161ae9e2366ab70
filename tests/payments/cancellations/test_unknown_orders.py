"""The refund of a payment of an unknown order: a cancel like any other, sent once, and never against PortOne's word."""

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

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAID = ProviderPayment(
    "imp_x", "nobodys", ProviderStatus.PAID, "paid", 7_000, 0, "KRW", True, "card", "html5_inicis", paid_at=WHEN
)
OURS = ProviderCancellation("c1", 7_000, "", WHEN)
GONE = replace(PAID, status=ProviderStatus.CANCELLED, cancelled_amount=7_000, cancellations=(OURS,))
PENDING = replace(PAID, cancellations=(replace(OURS, state=CancelState.PENDING),))
LOST = GatewayError(Reaction.ASK_FIRST, "The answer was lost.")
NO = GatewayError(Reaction.STOP, "기간이 지났습니다.")


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
    """The next steps, each with its answer of PortOne's."""
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


def test_it_is_sent_once_with_all_that_is_left(context: WorkerContext, refund: Cancellation) -> None:
    (sent,) = steps(context, refund, GONE)
    assert sent.order is not None
    assert (sent.order.amount, sent.order.balance, sent.order.by_buyer) == (7_000, 7_000, False)
    assert (refund.stage, refund.due_at, refund.session_key) == ("succeeded", None, None)
    assert (payment().status, payment().cancelled_amount, payment().session_key) == ("cancelled", 7_000, None)


def test_what_went_back_before_is_no_part_of_it(context: WorkerContext, tables: None) -> None:
    part = replace(PAID, cancelled_amount=3_000)
    cause = Cause(CauseKind.COMPARISON, Origin.SYSTEM, None, clock.now(), None)
    row = unknown_orders.begin_refund(UnitOfWork(), Generation.V1, part, cause)
    (sent,) = steps(context, row, LOST)
    assert sent.order is not None
    assert (sent.order.amount, sent.order.balance) == (4_000, 4_000)


def test_a_lost_answer_is_asked_about_and_the_same_order_is_sent_again(
    context: WorkerContext, refund: Cancellation
) -> None:
    taken = steps(context, refund, LOST, PAID, GONE)
    assert [one.order is not None for one in taken] == [True, False, True]
    assert taken[0].order == taken[2].order


def test_a_worker_that_died_after_marking_it_sent(context: WorkerContext, refund: Cancellation) -> None:
    refund.stage = "sent"
    (asked,) = steps(context, refund, GONE)
    assert (asked.order, refund.stage) == (None, "succeeded")


def test_what_the_pg_has_not_decided_is_waited_for(context: WorkerContext, refund: Cancellation) -> None:
    steps(context, refund, Receipt("c1"), PENDING)
    assert (refund.stage, refund.due_at is not None) == ("sent", True)


def test_what_surely_never_left_is_sent_again_later(context: WorkerContext, refund: Cancellation) -> None:
    steps(context, refund, GatewayError(Reaction.TRY_AGAIN, "PortOne cannot be reached."))
    assert (refund.stage, refund.balance) == ("requested", 7_000)


def test_a_refusal_is_tried_for_hours_as_another_order_and_shown_to_a_person(
    context: WorkerContext, refund: Cancellation
) -> None:
    taken = steps(context, refund, NO, PAID, NO)
    assert (refund.stage, refund.round) == ("sent", 1)
    assert taken[0].order is not None
    assert taken[2].order is not None
    assert taken[0].order.key != taken[2].order.key
    refund.attempts = 100
    steps(context, refund, PAID)
    assert (refund.last_error, refund.dead_at is not None, refund.due_at) == (NO.words, True, None)


def test_another_balance_than_sent_is_another_order(context: WorkerContext, refund: Cancellation) -> None:
    part = replace(PAID, cancelled_amount=3_000)
    taken = steps(context, refund, GatewayError(Reaction.STOP, "잔액"), part, GONE)
    assert taken[2].order is not None
    assert (taken[2].order.amount, taken[2].order.balance) == (4_000, 4_000)
    assert taken[0].order is not None
    assert taken[0].order.key != taken[2].order.key


@pytest.mark.parametrize("answer", [None, replace(PAID, provider_id="imp_y"), replace(PAID, order_id="hers")])
def test_an_answer_about_something_else_moves_no_money(
    context: WorkerContext, refund: Cancellation, answer: Any
) -> None:
    steps(context, refund, LOST, answer)
    assert (refund.stage in ("sent", "requested"), payment().cancelled_amount) == (True, 0)


def test_an_order_that_is_ours_after_all_is_left_alone(context: WorkerContext, refund: Cancellation) -> None:
    rows.session(merchant_uid="nobodys")
    assert list(HANDLER.claim(context, UnitOfWork(), 1)) == []
    assert (refund.stage, refund.due_at, refund.refusal) == ("refused", None, unknown_orders.ISSUED)


def test_a_policy_that_is_taken_back_stops_what_has_not_left(settings: Settings, refund: Cancellation) -> None:
    assert list(HANDLER.claim(WorkerContext({}, settings), UnitOfWork(), 1)) == []
    assert (refund.stage, refund.refusal) == ("refused", unknown_orders.KEPT)


def test_what_has_left_is_asked_about_whatever_the_policy(
    settings: Settings, context: WorkerContext, refund: Cancellation
) -> None:
    steps(context, refund, LOST)
    (asked,) = steps(WorkerContext({}, settings), refund, GONE)
    assert (asked.order, refund.stage) == (None, "succeeded")


def test_a_frozen_worker_decides_nothing(context: WorkerContext, refund: Cancellation) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    refund.due_at = clock.now() + timedelta(minutes=5)
    db.session.flush()
    HANDLER.apply(context, UnitOfWork(), one, NO)
    assert (refund.stage, refund.refusal) == ("sent", None)


def test_what_broke_is_tried_again_slowly(context: WorkerContext, refund: Cancellation) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    HANDLER.postpone(UnitOfWork(), one, "KeyError: 'x'")
    assert refund.last_error == "KeyError: 'x'"
