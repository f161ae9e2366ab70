"""PortOne's cancels are matched by their ids, and a cancel moves only as its table allows."""

import pytest

from pitturu.domain.cancellation import CancelKind, CancelStage, IllegalCancelMove
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Facts, KnownCancel, evolve
from pitturu.domain.decision.cancel_effects import ChangeCancel
from pitturu.domain.decision.effects import Move
from pitturu.domain.lifecycle import IllegalMove, SessionStatus
from tests.domain.decision import laws
from tests.domain.decision.orders import IN_TIME, PAID, answer, attempt, cancelled, facts, policy


def read(state: Facts, *amounts: int) -> Facts:
    """The facts after PortOne showed a payment with these cancels."""
    shown = answer(attempt(status=PAID, **cancelled(*amounts)))
    return laws.settle(state, shown, policy(), IN_TIME, in_stock=True)[0]


def test_two_cancels_of_the_same_amount_are_two() -> None:
    once = read(facts(), 200)
    twice = read(once, 200, 200)
    assert [one.provider_cancellation_id for one in twice.cancels] == ["c0", "c1"]
    assert twice.payments["imp_a"].cancelled == 400


def test_a_cancel_that_succeeded_stays_so() -> None:
    state = read(facts(), 200)
    (done,) = state.cancels
    with pytest.raises(IllegalCancelMove):
        evolve(state, [ChangeCancel(done._replace(stage=CancelStage.REQUESTED))])
    assert isinstance(done, KnownCancel)
    assert (done.kind, done.origin) == (CancelKind.REFUND, Origin.PORTONE)


def test_an_order_moves_only_as_the_lifecycle_allows() -> None:
    with pytest.raises(IllegalMove):
        evolve(read(facts()), [Move(SessionStatus.CREATED)])
