"""What pieces are worth when they go back, and the part of a refund that is free of VAT."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitturu.domain.cancellation import CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import KnownCancel, KnownPayment, Line, Order
from pitturu.domain.decision.cancel_policy import CancelPolicy
from pitturu.domain.decision.cancel_request import (
    PlannedRefund,
    Refused,
    RequestRefusal,
    WantedRefund,
    plan_refund,
)
from pitturu.domain.decision.refund_shares import Share, fit_tax_free, in_proportion, left_of, share_of, taxes_of
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.money import AmountOutOfRange
from pitturu.domain.pricing import totals, vat_of
from tests.domain.decision import orders
from tests.domain.decision.test_cancel_policy import DAY
from tests.domain.decision.test_cancel_request import payment

COFFEE = Line(UUID(int=1), UUID(int=11), 2, 10_000)
APPLES = Line(UUID(int=2), UUID(int=12), 3, 1_000, tax_free=True)
POLICY = CancelPolicy(7 * DAY, approval_above=10**9)


def cart(*lines: Line, shipping: int = 0, discount: int = 0) -> Order:
    """A paid order of these lines."""
    sums = totals(lines, shipping, discount)
    granted = tuple(line._replace(granted=line.quantity) for line in lines)
    return orders.order(lines=granted, amount=sums.amount, discount=discount, tax_free_amount=sums.tax_free)


@pytest.mark.parametrize(
    ("shipping", "discount", "before", "pieces", "share"),
    [
        (0, 0, {}, {COFFEE.key: 1}, Share(10_000, 0)),
        (0, 0, {}, {APPLES.key: 2}, Share(2_000, 2_000)),
        (3_000, 2_300, {}, {COFFEE.key: 1}, Share(9_000, 0)),
        (3_000, 2_300, {}, {APPLES.key: 3}, Share(2_700, 2_700)),
        (3_000, 2_300, {APPLES.key: 3}, {COFFEE.key: 2}, Share(21_000, 0)),
        (3_000, 2_300, {}, {COFFEE.key: 2, APPLES.key: 3}, Share(23_700, 2_700)),
        (3_000, 25_000, {}, {COFFEE.key: 2}, Share(0, 0)),
        (3_000, 25_000, {}, {COFFEE.key: 2, APPLES.key: 3}, Share(1_000, 0)),
    ],
)
def test_what_pieces_are_worth(
    shipping: int, discount: int, before: dict[UUID, int], pieces: dict[UUID, int], share: Share
) -> None:
    """Their price less their share of the discount. Shipping goes back with the last of them."""
    assert share_of(cart(COFFEE, APPLES, shipping=shipping, discount=discount), before, pieces) == share


@pytest.mark.parametrize(
    ("amount", "wanted", "left", "left_tax_free", "expected"),
    [(100, 30, 1_000, 300, 30), (100, 30, 1_000, 20, 20), (900, 30, 1_000, 300, 200), (1_000, 0, 1_000, 300, 300)],
)
def test_neither_part_is_larger_than_what_is_left_of_it(
    amount: int, wanted: int, left: int, left_tax_free: int, expected: int
) -> None:
    assert fit_tax_free(amount, wanted, left, left_tax_free) == expected


@example(1, [(1, 0), (1, 0), (763, 0), (764, 0), (1062, 1), (1, 0)])
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_the_taxes_of_all_refunds_are_those_of_the_payment(tax_free: int, refunds: list[tuple[int, int]]) -> None:
    """However large they are, and whatever tax-free part was wanted of each."""
    amount = sum(part for part, _ in refunds)
    tax_free = min(tax_free, amount)
    back, vat_back = 0, 0
    left = amount
    for part, wanted in refunds:
        taxes = taxes_of(part, wanted, left, left_of(amount, tax_free, back, vat_back))
        assert 0 <= taxes.tax_free <= part
        assert 0 <= taxes.vat <= part - taxes.tax_free
        left, back, vat_back = left - part, back + taxes.tax_free, vat_back + taxes.vat
    assert back == tax_free
    assert vat_back == (vat_of(amount - tax_free) if tax_free else 0)


def test_a_refund_without_pieces_is_tax_free_in_proportion() -> None:
    assert (in_proportion(500, 1_000, 300), in_proportion(0, 0, 0)) == (150, 0)


def test_a_line_that_was_not_sent_is_cancelled_alone_beside_one_that_was() -> None:
    of = cart(COFFEE, APPLES)
    sent = of.lines[0]._replace(fulfilment=Fulfilment.SHIPPED)
    of = of._replace(lines=(sent, of.lines[1]))
    paid = payment()._replace(amount=of.amount)

    def stage_of(pieces: dict[UUID, int] | None) -> CancelStage:
        found = plan_refund(WantedRefund(Origin.BUYER, None, pieces), paid, of, (), POLICY, orders.IN_TIME + DAY)
        assert isinstance(found, PlannedRefund)
        return found.stage

    assert stage_of({APPLES.key: 1}) is CancelStage.REQUESTED
    assert stage_of({COFFEE.key: 1}) is CancelStage.RETURN_REQUESTED
    assert stage_of(None) is CancelStage.RETURN_REQUESTED


def test_pieces_that_the_discount_covers_bring_no_money_back_alone() -> None:
    of = cart(COFFEE, APPLES, shipping=3_000, discount=25_000)
    wanted = WantedRefund(Origin.BUYER, None, {APPLES.key: 1})
    found = plan_refund(wanted, payment()._replace(amount=of.amount), of, (), POLICY, orders.IN_TIME + DAY)
    assert found == Refused(RequestRefusal.WORTH_NOTHING)


LINES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 10_000), st.booleans()), min_size=1, max_size=4).map(
    lambda drawn: [Line(UUID(int=n), UUID(int=9), *one[:2], tax_free=one[2]) for n, one in enumerate(drawn)]
)
"""Lines of some pieces at some prices, with VAT and without."""


@given(LINES, st.integers(0, 5_000), st.integers(0, 30_000), st.data())
def test_whatever_a_buyer_gives_back_in_whatever_order_adds_up(
    lines: list[Line], shipping: int, discount: int, data: st.DataObject
) -> None:
    """Piece by piece or line by line, the buyer gets the whole amount, and each part of it as often as it was paid."""
    try:
        of = cart(*lines, shipping=shipping, discount=discount)
    except AmountOutOfRange:
        return
    paid, done = payment()._replace(amount=of.amount), list[KnownCancel]()
    while any(line.granted for line in of.lines):
        line = data.draw(st.sampled_from([line for line in of.lines if line.granted]))
        pieces = data.draw(st.none() | st.integers(1, line.granted))
        wanted = WantedRefund(Origin.BUYER, None, {line.key: pieces} if pieces else None)
        found = plan_refund(wanted, paid, of, done, POLICY, orders.IN_TIME + DAY)
        if isinstance(found, Refused):
            assert found.why is RequestRefusal.WORTH_NOTHING
            wanted = WantedRefund(Origin.BUYER)
            found = plan_refund(wanted, paid, of, done, POLICY, orders.IN_TIME + DAY)
        assert isinstance(found, PlannedRefund)
        done.append(orders.executed(found, len(done)))
        paid = paid._replace(cancelled=paid.cancelled + found.amount)
        of = _without(of, found)
    assert (sum(one.amount for one in done), sum(one.tax_free for one in done)) == (of.amount, of.tax_free_amount)


def _without(of: Order, refund: PlannedRefund) -> Order:
    lines = (line._replace(granted=line.granted - refund.pieces.get(line.key, 0)) for line in of.lines)
    return of._replace(lines=tuple(lines))


def test_an_operators_refund_of_all_that_is_left_takes_the_tax_free_rest_along() -> None:
    of: Order = cart(COFFEE, APPLES)
    paid: KnownPayment = payment()._replace(amount=of.amount)
    found = plan_refund(WantedRefund(Origin.OPERATOR), paid, of, (), POLICY, orders.IN_TIME + DAY)
    assert isinstance(found, PlannedRefund)
    assert (found.amount, found.tax_free, found.partial) == (23_000, 3_000, False)
