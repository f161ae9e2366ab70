"""Shipping goes back with the pieces that surely are the last: never while others may stay with the buyer."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import Facts, KnownCancel, evolve
from pitturu.domain.decision.cancel_effects import ChangeCancel
from pitturu.domain.decision.cancel_request import PlannedRefund, Refused, WantedRefund, plan_refund
from pitturu.domain.decision.facts import Line
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import AmountOutOfRange
from pitturu.domain.pricing import after_discount
from pitturu.domain.provider import ProviderCancellation
from tests.domain.decision import laws, orders
from tests.domain.decision.test_cancel_policy import DAY
from tests.domain.decision.test_cancel_request import payment
from tests.domain.decision.test_refund_shares import APPLES, COFFEE, LINES, POLICY, cart

RETURN, REQUESTED, SUCCEEDED = CancelStage.RETURN_REQUESTED, CancelStage.REQUESTED, CancelStage.SUCCEEDED
ENDS = {"executed": SUCCEEDED, "refused": CancelStage.REFUSED, "rejected": CancelStage.REJECTED}


def bought(*lines: Line, shipping: int = 3_000, discount: int = 0) -> Facts:
    """A cart that was paid."""
    of = cart(*lines, shipping=shipping, discount=discount)._replace(status=SessionStatus.PAID, provider_id="imp_a")
    return Facts(of, {"imp_a": payment()._replace(amount=of.amount, provider_status="paid", method="card")})


def ask(
    state: Facts, pieces: dict[UUID, int] | None, stage: CancelStage | None = None, origin: Origin = Origin.BUYER
) -> Facts:
    """Somebody asks for these pieces back, in the stage that the policy says or in this one."""
    wanted = WantedRefund(origin, None, pieces)
    found = plan_refund(wanted, state.payments["imp_a"], state.order, state.cancels, POLICY, orders.IN_TIME + DAY)
    assert isinstance(found, PlannedRefund)
    return _opened(state, found, stage or found.stage, origin)


def _opened(state: Facts, found: PlannedRefund, stage: CancelStage, origin: Origin = Origin.BUYER) -> Facts:
    cancel = orders.executed(found, len(state.cancels))._replace(stage=stage, origin=origin)
    return state._replace(cancels=(*state.cancels, cancel))


def end(state: Facts, number: int, how: str = "executed") -> Facts:
    """A cancel is executed by PortOne, refused by the PG, or rejected by the shop or withdrawn by its buyer."""
    cancel = state.cancels[number]
    if how != "executed":
        return evolve(state, [ChangeCancel(cancel._replace(stage=ENDS[how]))])
    done = [one for one in state.cancels if one.stage is SUCCEEDED]
    if cancel.stage is RETURN:
        state = evolve(state, [ChangeCancel(cancel._replace(stage=REQUESTED))])
    sent = state.cancels[number]._replace(stage=CancelStage.SENT, provider_cancellation_id=f"c{number}")
    state = evolve(state, [ChangeCancel(sent)])
    entries = tuple(
        ProviderCancellation(one.provider_cancellation_id or "", one.amount, "ours", orders.IN_TIME)
        for one in (*done, sent)
    )
    gone = sum(entry.amount for entry in entries)
    amounts = {"amount": state.order.amount, "cancelled_amount": gone, "cancellations": entries}
    after, effects = laws.settle(
        state, orders.answer(orders.attempt(**amounts)), orders.policy(), orders.IN_TIME, in_stock=True
    )
    assert not laws.broken(state, after, effects)
    return after


def amounts(state: Facts) -> list[int]:
    return [cancel.amount for cancel in state.cancels]


def test_a_buyer_who_withdraws_a_return_does_not_keep_the_shipping_of_what_was_cancelled_beside_it() -> None:
    state = ask(ask(bought(COFFEE, APPLES), {COFFEE.key: 2}, RETURN), None)
    assert amounts(state) == [20_000, 3_000]
    state = end(end(state, 1), 0, "rejected")
    assert state.payments["imp_a"].cancelled == 3_000
    assert end(ask(state, {COFFEE.key: 2}), 2).payments["imp_a"].remaining == 0


def test_what_waits_takes_the_shipping_once_all_others_went_back() -> None:
    state = ask(ask(bought(COFFEE, APPLES), {COFFEE.key: 2}, RETURN), None)
    assert amounts(end(state, 1)) == [23_000, 3_000]
    assert amounts(end(state, 0)) == [20_000, 6_000]
    assert amounts(end(state, 0, "refused")) == [20_000, 3_000]


def test_what_the_shop_cancels_beside_a_return_leaves_the_shipping_to_the_return() -> None:
    state = ask(bought(COFFEE, APPLES), {COFFEE.key: 2}, RETURN)
    state = end(ask(state, {APPLES.key: 3}, REQUESTED, Origin.OPERATOR), 1)
    assert amounts(state) == [23_000, 3_000]
    assert state.cancels[0].tax_free == 0


def test_money_that_another_cancel_was_promised_is_not_taken() -> None:
    state = ask(ask(bought(COFFEE, APPLES), {COFFEE.key: 2}, RETURN), None)
    gift = KnownCancel(UUID(int=99), "imp_a", CancelKind.REFUND, REQUESTED, Origin.OPERATOR, 2_000, "사과")
    assert amounts(end(state._replace(cancels=(*state.cancels, gift)), 1)) == [21_000, 3_000, 2_000]


def test_a_won_of_rounding_does_not_refuse_the_last_pieces() -> None:
    """Three won each, less one for both: the second one is worth three after the first, whose cancel is refused."""
    first, second = COFFEE._replace(quantity=1, unit_price=3), APPLES._replace(quantity=1, unit_price=3)
    state = ask(ask(bought(first, second, discount=1), {first.key: 1}), {second.key: 1})
    state = ask(end(end(state, 0, "refused"), 1), {first.key: 1})
    assert amounts(state) == [2, 3, 3_002]
    assert end(state, 2).payments["imp_a"].remaining == 0


@given(LINES, st.integers(0, 5_000), st.integers(0, 30_000), st.data())
def test_whatever_is_asked_and_whatever_becomes_of_it_money_and_pieces_agree(
    lines: list[Line], shipping: int, discount: int, data: st.DataObject
) -> None:
    """Only what went back counts, and the shipping only with the last pieces; then all of the money went back."""
    try:
        state = bought(*lines, shipping=shipping, discount=discount)
    except AmountOutOfRange:
        return
    for _ in range(data.draw(st.integers(1, 10))):
        waiting = _next(state)
        if waiting and data.draw(st.booleans()):
            state = end(state, data.draw(st.sampled_from(waiting)), data.draw(st.sampled_from(["executed", "refused"])))
        else:
            state = _asked(state, data)
        _agree(state)


def _next(state: Facts) -> list[int]:
    """The cancels that may end now: requested returns, and the first of those that are sent one after the other."""
    returns = [number for number, cancel in enumerate(state.cancels) if cancel.stage is RETURN]
    return returns + [number for number, cancel in enumerate(state.cancels) if cancel.stage is REQUESTED][:1]


def _asked(state: Facts, data: st.DataObject) -> Facts:
    pieces = {line.key: data.draw(st.integers(0, line.granted)) for line in state.order.lines}
    wanted = WantedRefund(Origin.BUYER, None, {key: number for key, number in pieces.items() if number} or None)
    paid = state.payments["imp_a"]
    found = plan_refund(wanted, paid, state.order, state.cancels, POLICY, orders.IN_TIME + DAY)
    if isinstance(found, Refused):
        return state
    return _opened(state, found, data.draw(st.sampled_from([RETURN, REQUESTED])))


def _agree(state: Facts) -> None:
    of, paid = state.order, state.payments["imp_a"]
    items = sum(line.unit_price * line.quantity for line in of.lines)
    back = sum(line.unit_price * (line.quantity - line.granted) for line in of.lines)
    if not any(line.granted for line in of.lines):
        assert paid.remaining == 0
    else:
        rounding = len(state.cancels) if of.discount else 0
        assert abs(paid.cancelled - after_discount(back, items, of.discount)) <= rounding
