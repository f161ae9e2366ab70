"""How much a requested refund gives back, and what it begins as."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import KnownCancel, KnownPayment
from pitturu.domain.decision.cancel_policy import CancelPolicy
from pitturu.domain.decision.cancel_request import (
    PlannedRefund,
    Refused,
    RequestRefusal,
    WantedRefund,
    plan_refund,
)
from pitturu.domain.fulfilment import Fulfilment
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.verdict import Verdict
from tests.domain.decision.orders import BEGAN, IN_TIME, LINE, order
from tests.domain.decision.test_cancel_policy import DAY

PRICE, PIECES = 1_000, 5
POLICY = CancelPolicy(7 * DAY, approval_above=3_000)


def payment(cancelled: int = 0) -> KnownPayment:
    """Five pieces for 1,000 won each, paid."""
    return KnownPayment(
        provider_id="imp_a",
        status=SessionStatus.PAID,
        provider_status="paid",
        amount=PRICE * PIECES,
        currency="KRW",
        sandbox=True,
        created_at=BEGAN,
        cancelled=cancelled,
        verdict=Verdict.ACCEPTED,
        paid_at=IN_TIME,
    )


def cancel(amount: int, pieces: int | None, stage: CancelStage, origin: Origin = Origin.BUYER) -> KnownCancel:
    """A cancel of this payment."""
    named = ((LINE.key, pieces),) if pieces else ()
    return KnownCancel(UUID(int=amount), "imp_a", CancelKind.REFUND, stage, origin, amount, "변심", named)


def plan(
    wanted: WantedRefund, *cancels: KnownCancel, granted: int = PIECES, cancelled: int = 0, fulfilment: str = "none"
) -> PlannedRefund | Refused:
    """What becomes of the request a day after the payment."""
    line = LINE._replace(
        quantity=PIECES, unit_price=PRICE, granted=granted, fulfilment=Fulfilment(fulfilment), delivered_at=IN_TIME
    )
    of = order(lines=(line,), amount=PRICE * PIECES)
    return plan_refund(wanted, payment(cancelled), of, cancels, POLICY, IN_TIME + DAY)


def buyer(amount: int | None = None, pieces: int | None = None) -> WantedRefund:
    return WantedRefund(Origin.BUYER, amount, {LINE.key: pieces} if pieces else None)


def operator(amount: int | None = None, pieces: int | None = None) -> WantedRefund:
    return WantedRefund(Origin.OPERATOR, amount, {LINE.key: pieces} if pieces else None)


def planned(amount: int, pieces: int, stage: CancelStage, *, partial: bool = True) -> PlannedRefund:
    return PlannedRefund(amount, {LINE.key: pieces} if pieces else {}, stage, partial)


def too_many(left: int) -> Refused:
    return Refused(RequestRefusal.QUANTITY_TOO_LARGE, left, LINE.key)


REQUESTED, AWAITING, RETURN = CancelStage.REQUESTED, CancelStage.AWAITING_APPROVAL, CancelStage.RETURN_REQUESTED


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (buyer(), planned(5_000, 5, REQUESTED, partial=False)),
        (buyer(pieces=2), planned(2_000, 2, REQUESTED)),
        (buyer(amount=1), Refused(RequestRefusal.AMOUNT_BY_BUYER)),
        (buyer(amount=1_000, pieces=1), Refused(RequestRefusal.AMOUNT_BY_BUYER)),
        (buyer(pieces=6), too_many(5)),
        (operator(amount=3_000), planned(3_000, 0, REQUESTED)),
        (operator(amount=3_001), planned(3_001, 0, AWAITING)),
        (operator(amount=700, pieces=1), planned(700, 1, REQUESTED)),
        (operator(amount=700, pieces=6), too_many(5)),
        (operator(amount=5_001), Refused(RequestRefusal.AMOUNT_TOO_LARGE, 5_000)),
        (operator(), planned(5_000, 5, AWAITING, partial=False)),
        (operator(pieces=3), planned(3_000, 3, REQUESTED)),
    ],
)
def test_of_an_untouched_payment(wanted: WantedRefund, expected: PlannedRefund | Refused) -> None:
    assert plan(wanted) == expected


def test_what_was_sent_becomes_a_return_request_for_its_buyer_only() -> None:
    assert plan(buyer(pieces=1), fulfilment="shipped") == planned(1_000, 1, RETURN)
    assert plan(operator(pieces=1), fulfilment="shipped") == planned(1_000, 1, REQUESTED)


def test_an_undecided_cancel_keeps_its_money_and_pieces() -> None:
    waiting = cancel(2_000, 2, RETURN)
    assert plan(buyer(), waiting) == planned(3_000, 3, REQUESTED, partial=False)
    assert plan(buyer(pieces=4), waiting) == too_many(3)
    assert plan(operator(), cancel(5_000, 5, AWAITING, Origin.OPERATOR)) == Refused(RequestRefusal.NOTHING_LEFT)


def test_a_buyers_own_cancel_comes_before_what_no_second_operator_has_approved() -> None:
    waiting = cancel(4_000, None, AWAITING, Origin.OPERATOR)
    assert plan(buyer(), waiting) == planned(5_000, 5, REQUESTED, partial=False)
    assert plan(buyer(pieces=5), waiting) == planned(5_000, 5, REQUESTED, partial=False)
    assert plan(buyer(pieces=2), waiting) == planned(2_000, 2, REQUESTED)
    assert plan(operator(), waiting) == planned(1_000, 5, REQUESTED, partial=False)


def test_the_money_of_pieces_that_an_operator_took_back_for_less_is_not_the_buyers_to_ask_for() -> None:
    """Four pieces came back for 3,000 won, since they were worn: the buyer may return the last one, for its price."""
    worn = cancel(3_000, 4, CancelStage.SUCCEEDED, Origin.OPERATOR)
    assert plan(buyer(), worn, granted=1, cancelled=3_000) == planned(1_000, 1, REQUESTED)
    assert plan(buyer(), worn, granted=0, cancelled=3_000) == Refused(RequestRefusal.NOTHING_LEFT)
    assert plan(operator(amount=2_000), worn, granted=0, cancelled=3_000) == planned(2_000, 0, AWAITING, partial=False)


AMOUNTS = st.none() | st.integers(1, 2 * PRICE * PIECES)
NUMBERS = st.none() | st.integers(1, 2 * PIECES)
REQUESTS = st.sampled_from([buyer, operator]).flatmap(lambda by: st.builds(by, AMOUNTS, NUMBERS))


@given(st.lists(REQUESTS, max_size=8), st.sampled_from(list(Fulfilment)))
def test_whatever_is_requested_adds_up(requests: list[WantedRefund], fulfilment: Fulfilment) -> None:
    """No more won than were paid, no more pieces than were bought; and a buyer gets the price of the pieces at most."""
    asked: list[KnownCancel] = []
    for wanted in requests:
        found = plan(wanted, *asked, fulfilment=fulfilment)
        if isinstance(found, PlannedRefund):
            asked.append(cancel(found.amount, found.pieces.get(LINE.key), found.stage, wanted.origin))
    promised = [one for one in asked if one.stage is not AWAITING]
    assert sum(one.amount for one in promised) <= PRICE * PIECES
    assert sum(one.pieces_of(LINE.key) for one in promised) <= PIECES
    for one in asked:
        if one.origin is Origin.BUYER:
            assert one.amount <= one.pieces_of(LINE.key) * PRICE
            assert (one.stage is REQUESTED) == (fulfilment is Fulfilment.NONE)
    alone = sum(one.amount for one in asked if one.origin is Origin.OPERATOR and one.stage is REQUESTED)
    assert alone <= POLICY.approval_above
