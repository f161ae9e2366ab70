"""PortOne's cancels are matched by their ids, and a cancel moves only as its table allows."""

from uuid import UUID

import pytest

from pitturu.domain.cancellation import AWAITS_REVIEW, CancelKind, CancelStage, IllegalCancelMove
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Facts, KnownCancel, evolve
from pitturu.domain.decision.cancel_effects import ChangeCancel
from pitturu.domain.decision.effects import Move
from pitturu.domain.lifecycle import IllegalMove, SessionStatus
from tests.domain.decision import laws
from tests.domain.decision.orders import AMOUNT, IN_TIME, PAID, answer, attempt, cancelled, facts, policy


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


@pytest.mark.parametrize("stage", sorted(AWAITS_REVIEW))
def test_a_request_without_vat_is_about_what_a_refund_by_hand_left(stage: CancelStage) -> None:
    paid = read(facts(tax_free_amount=AMOUNT))
    wanted = KnownCancel(UUID(int=7), "imp_a", CancelKind.REFUND, stage, Origin.BUYER, AMOUNT, "변심", tax_free=AMOUNT)
    state = read(paid._replace(cancels=(wanted,)), AMOUNT - 100)
    left = next(one for one in state.cancels if one.stage is stage)
    assert (left.amount, left.tax_free) == (100, 100)
    assert list(laws.states(state)) == []


def test_an_order_moves_only_as_the_lifecycle_allows() -> None:
    with pytest.raises(IllegalMove):
        evolve(read(facts()), [Move(SessionStatus.CREATED)])
