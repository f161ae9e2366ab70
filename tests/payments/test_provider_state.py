"""PortOne's answers applied to an order, once or repeatedly, in order or not."""

from datetime import timedelta
from itertools import permutations

import pytest

from pitturu.domain import clock
from pitturu.domain.lifecycle import MOVES, SessionStatus
from pitturu.extensions import db
from pitturu.store import cancellations, inventory
from tests.payments.provider_payments import (
    CANCELLED,
    FAILED,
    PAID,
    READY,
    UNKNOWN,
    apply_provider_state,
    attempt,
    cancels,
    payment,
    story,
)
from tests.store import rows
from tests.values import settings_for

pytestmark = pytest.mark.usefixtures("tables")
LATER = timedelta(hours=1)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_answers_of_a_whole_history_in_any_order(order: tuple[int, ...]) -> None:
    """An older answer does not undo what a newer one established."""
    session = rows.session(stock_held=2)
    history = [
        attempt(session, READY),
        attempt(session),
        attempt(session, CANCELLED, **cancels(500)),
        attempt(session, CANCELLED, **cancels(500, 1_500)),
    ]
    for number in order:
        session = apply_provider_state(session, history[number])
    assert (session.status, payment(session).cancelled_amount) == ("cancelled", 2_000)
    assert inventory.granted(session.id) == 0
    assert sum(int(line) for line in story(session) if line[0] in "+-") == 0
    assert story(session).count("paid") == story(session).count("cancelled") == 1


@pytest.mark.parametrize("status", ["created", "prepared", "verifying", "awaiting_deposit"])
def test_a_payment_before_the_deadline_is_accepted(status: str) -> None:
    session = apply_provider_state(
        rows.session(status=status, stock_held=2, fail_reason="first card"), attempt(rows.session())
    )
    assert session.status == status, "a payment of another order is not accepted"
    session = apply_provider_state(session, attempt(session))
    assert (session.status, session.fail_reason, session.imp_uid) == ("paid", None, "imp_1")
    assert inventory.granted(session.id) == 2


def test_a_payment_of_another_order_is_not_refunded() -> None:
    session, other = rows.session(), rows.session()
    apply_provider_state(session, attempt(other))
    assert story(session) == []
    assert db.session.query(rows.Payment).count() == 0


@pytest.mark.parametrize("status", [READY, UNKNOWN])
def test_statuses_that_decide_nothing(status: object) -> None:
    session = apply_provider_state(rows.session(stock_held=2), attempt(rows.session(), status))  # type: ignore[arg-type]
    session = apply_provider_state(session, attempt(session, status))  # type: ignore[arg-type]
    assert (session.status, session.stock_held) == ("created", 2)


def test_an_undecided_attempt_beside_a_declined_one() -> None:
    """Not failed while the other attempt may still be paid; failed once the last one was declined."""
    session = rows.session()
    declined = attempt(session, FAILED, fail_reason="한도 초과")
    session = apply_provider_state(session, declined, attempt(session, READY, provider_id="imp_2"))
    assert session.status == "created"
    session = apply_provider_state(
        session, declined, attempt(session, FAILED, provider_id="imp_2", started_at=clock.now())
    )
    assert (session.status, session.fail_reason) == ("failed", "The payment was declined.")


def test_the_deadline_counts_from_when_portone_was_asked() -> None:
    """An answer to a call from before the deadline expires nothing, however late it is applied."""
    session = rows.session(expires_at=clock.now(), stock_held=2)
    assert apply_provider_state(session, at=session.expires_at - timedelta(seconds=1)).status == "created"
    session = apply_provider_state(session, at=session.expires_at)
    assert (session.status, session.stock_held) == ("expired", 0)


@pytest.mark.parametrize("status", ["expired", "failed", "mismatched", "cancelled"])
@pytest.mark.parametrize("late_payment", ["accept", "refund"])
def test_late_payments_by_status(status: str, late_payment: str) -> None:
    """A payment after the deadline is accepted if the setting says so; one before the deadline always."""
    late = rows.session(status=status, expires_at=clock.now() - LATER)
    late = apply_provider_state(late, attempt(late), settings=settings_for(late_payment=late_payment))
    accepted = late_payment == "accept"
    assert (payment(late).verdict, late.status) == (("accepted", "paid") if accepted else ("late", status))
    timely = rows.session(status=status, expires_at=clock.now() - LATER)
    paid = attempt(timely, provider_id="imp_2", paid_at=timely.expires_at - timedelta(seconds=1))
    timely = apply_provider_state(timely, paid, settings=settings_for(late_payment=late_payment))
    assert (payment(timely, "imp_2").verdict, timely.status) == ("accepted", "paid")


def test_a_late_payment_that_was_refunded_gets_no_goods() -> None:
    thing = rows.item(stock=2)
    session = rows.session(thing=thing, status="expired")
    session = apply_provider_state(session, attempt(session, CANCELLED, **cancels(2_000)))
    db.session.refresh(thing)
    assert (session.status, payment(session).verdict, thing.stock) == ("expired", "late", 2)
    assert payment(session).remaining == 0


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        ({"amount": 1}, "amount_differs"),
        ({"currency": "USD"}, "currency_differs"),
        ({"sandbox": False}, "channel_differs"),
    ],
)
@pytest.mark.parametrize("before", [status for status in SessionStatus if SessionStatus.MISMATCHED in MOVES[status]])
def test_a_mismatched_payment_is_refunded(before: SessionStatus, wrong: dict[str, object], verdict: str) -> None:
    session = rows.session(status=before, stock_held=0)
    session = apply_provider_state(session, attempt(session, **wrong))
    assert (session.status, payment(session).verdict) == ("mismatched", verdict)
    (refund,) = cancellations.of_payment(payment(session).id)
    assert (refund.origin, refund.amount, refund.stage) == ("system", payment(session).amount, "requested")
    apply_provider_state(session, attempt(session, **wrong))
    assert len(cancellations.of_payment(payment(session).id)) == 1


def test_a_mismatched_payment_after_a_correct_one_does_not_change_the_goods() -> None:
    session, _ = rows.purchase()
    session = apply_provider_state(session, attempt(session, provider_id="imp_9", amount=5))
    assert (session.status, payment(session, "imp_9").verdict) == ("paid", "amount_differs")
    assert payment(session, "imp_9").status == "mismatched"
    assert inventory.granted(session.id) == 2


def test_a_payment_without_paid_at_is_accepted() -> None:
    session = rows.session()
    session = apply_provider_state(session, attempt(session, PAID, paid_at=None))
    assert session.status == "paid"
    assert session.paid_at is not None


def test_a_withdrawn_only_attempt_cancels_the_session() -> None:
    """The only attempt was cancelled before it was paid."""
    session = rows.session(stock_held=2)
    session = apply_provider_state(session, attempt(session, CANCELLED, paid_at=None))
    assert (session.status, session.stock_held, payment(session).status) == ("cancelled", 0, "cancelled")


def test_the_policy_is_read_for_each_answer() -> None:
    session = rows.session(status="expired", expires_at=clock.now() - LATER)
    session = apply_provider_state(session, attempt(session), settings=settings_for(late_payment="refund"))
    assert (session.status, payment(session).verdict) == ("expired", "late")
