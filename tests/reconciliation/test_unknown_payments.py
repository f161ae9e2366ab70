"""An unknown payment on its way back: asked about first, sent once, and never against what PortOne says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import CancelState, ProviderCancellation, ProviderPayment, ProviderStatus, Receipt
from pitturu.domain.provider_listing import UnknownPayment
from pitturu.extensions import db
from pitturu.payments.handlers import WorkerContext
from pitturu.reconciliation import runs, unknown_payments
from pitturu.reconciliation.runs import ReconciliationRequest
from pitturu.reconciliation.unknown_payments import Step
from pitturu.reconciliation.window import Window
from pitturu.store.reconciliations import Finding
from pitturu.store.unit_of_work import UnitOfWork
from tests.store import rows

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAID = ProviderPayment(
    "imp_x", "nobodys", ProviderStatus.PAID, "paid", 7_000, 0, "KRW", True, "card", "html5_inicis", paid_at=WHEN
)
GONE = replace(PAID, status=ProviderStatus.CANCELLED, cancelled_amount=7_000)
PENDING = replace(PAID, cancellations=(ProviderCancellation("c1", 7_000, "", None, state=CancelState.PENDING),))
HANDLER = unknown_payments.HANDLER


@pytest.fixture
def context(settings: Settings) -> WorkerContext:
    """A shop that gives unknown money back."""
    return WorkerContext({}, replace(settings, unknown_payment=UnknownPayment.REFUND))


@pytest.fixture
def promised(tables: None, context: WorkerContext) -> Finding:
    """An unknown payment that is to go back."""
    window = Window(clock.now() - timedelta(days=1), clock.now())
    found = runs.begin(UnitOfWork(), ReconciliationRequest(window, "operator"), context.settings, None)
    values: dict[str, Any] = {
        "comparison_key": found.id,
        "kind": "unknown",
        "state": "asked",
        "stage": "requested",
        "generation": "v1",
        "provider_id": "imp_x",
        "order_id": "nobodys",
        "amount": 7_000,
        "words": "We never issued this order number.",
        "due_at": clock.now(),
    }
    return rows.add(Finding(**values))


def step(context: WorkerContext, row: Finding, answer: Any) -> Step:
    """The next step with this answer of PortOne's."""
    row.due_at = clock.now()
    db.session.flush()
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    db.session.flush()
    HANDLER.apply(context, UnitOfWork(), one, answer)
    return one


def test_asked_then_sent_then_asked(context: WorkerContext, promised: Finding) -> None:
    steps = [step(context, promised, answer) for answer in (PAID, GONE, GONE)]

    assert [one.order is not None for one in steps] == [False, True, False]
    assert (steps[1].order.amount, steps[1].order.balance) == (7_000, 7_000)  # type: ignore[union-attr]
    assert (promised.stage, promised.state, promised.due_at) == ("succeeded", "healed", None)


def test_a_lost_answer_is_asked_about_and_the_same_order_is_sent_again(
    context: WorkerContext, promised: Finding
) -> None:
    lost = GatewayError(Reaction.ASK_FIRST, "The answer was lost.")
    steps = [step(context, promised, answer) for answer in (PAID, lost, PAID, GONE)]

    assert [one.order is not None for one in steps] == [False, True, False, True]
    assert steps[1].order == steps[3].order


def test_a_worker_that_died_after_marking_it_sent(context: WorkerContext, promised: Finding) -> None:
    step(context, promised, PAID)
    promised.stage = "sent"

    asked = step(context, promised, GONE)

    assert asked.order is None
    assert promised.stage == "succeeded"


def test_what_the_pg_has_not_decided_is_waited_for(context: WorkerContext, promised: Finding) -> None:
    for answer in (PAID, Receipt("c1"), PENDING):
        step(context, promised, answer)

    assert (promised.stage, promised.due_at is not None) == ("sent", True)


def test_what_surely_never_left_is_sent_again_later(context: WorkerContext, promised: Finding) -> None:
    step(context, promised, PAID)
    step(context, promised, GatewayError(Reaction.TRY_AGAIN, "PortOne cannot be reached."))

    assert (promised.stage, promised.balance) == ("requested", 7_000)


def test_a_refusal_is_for_a_person(context: WorkerContext, promised: Finding) -> None:
    for answer in (PAID, GatewayError(Reaction.STOP, "기간이 지났습니다."), PAID):
        step(context, promised, answer)

    assert (promised.stage, promised.state, promised.due_at) == ("refused", "open", None)
    assert "기간이 지났습니다." in promised.words


def test_another_balance_than_sent_is_another_order(context: WorkerContext, promised: Finding) -> None:
    part = replace(PAID, cancelled_amount=3_000)
    steps = [step(context, promised, answer) for answer in (PAID, GatewayError(Reaction.STOP, "잔액"), part, GONE)]

    assert steps[3].order is not None
    assert (steps[3].order.amount, steps[3].order.balance) == (4_000, 4_000)
    assert steps[1].order is not None
    assert steps[1].order.key != steps[3].order.key


@pytest.mark.parametrize(
    "answer",
    [
        None,
        replace(PAID, provider_id="imp_y"),
        replace(PAID, sandbox=False),
        replace(PAID, status=ProviderStatus.READY, paid_at=None),
    ],
)
def test_nothing_is_sent_for_what_is_no_money_of_ours(context: WorkerContext, promised: Finding, answer: Any) -> None:
    step(context, promised, answer)

    assert (promised.stage, promised.state, promised.balance) == ("refused", "open", None)


def test_an_order_that_is_ours_after_all_is_left_alone(context: WorkerContext, promised: Finding) -> None:
    rows.session(merchant_uid="nobodys")
    step(context, promised, PAID)

    assert (promised.stage, promised.due_at) == ("refused", None)


def test_a_policy_that_is_taken_back_stops_it(settings: Settings, context: WorkerContext, promised: Finding) -> None:
    step(context, promised, PAID)
    asked = step(WorkerContext({}, settings), promised, PAID)

    assert asked.order is None
    assert (promised.stage, promised.state) == (None, "open")


def test_a_frozen_worker_decides_nothing(context: WorkerContext, promised: Finding) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    promised.due_at = clock.now() + timedelta(minutes=5)
    db.session.flush()
    HANDLER.apply(context, UnitOfWork(), one, GONE)

    assert promised.stage == "requested"


def test_what_broke_is_tried_again_slowly(context: WorkerContext, promised: Finding) -> None:
    (one,) = HANDLER.claim(context, UnitOfWork(), 1)
    HANDLER.postpone(UnitOfWork(), one, "KeyError: 'x'")

    assert promised.last_error == "KeyError: 'x'"
