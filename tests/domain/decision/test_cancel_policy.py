"""Who may have money back without a person's yes, until when, and when a second person has to approve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pitturu.domain.cancellation import CancelKind, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision import KnownCancel, Line
from pitturu.domain.decision.cancel_policy import (
    Beside,
    CancelPolicy,
    ReviewRefusal,
    approve,
    buyers_way,
    needs_second_person,
    reject,
)
from pitturu.domain.fulfilment import Fulfilment
from tests.domain.decision.orders import IN_TIME, LINE, order

DAY = timedelta(days=1)
POLICY = CancelPolicy(window=7 * DAY, approval_above=1_000)
PAID_AT = IN_TIME
DELIVERED_AT = PAID_AT + 5 * DAY


def line(fulfilment: str = "none", *, granted: int = 2, returnable: bool = True) -> Line:
    """A line of the order, delivered five days after the payment if it is delivered."""
    delivered_at = DELIVERED_AT if fulfilment == "delivered" else None
    return LINE._replace(
        granted=granted, fulfilment=Fulfilment(fulfilment), delivered_at=delivered_at, returnable=returnable
    )


def way(lines: Line | Sequence[Line], after: timedelta) -> tuple[str, str | None, datetime | None]:
    """The buyer's way so long after the payment."""
    found = buyers_way([lines] if isinstance(lines, Line) else lines, PAID_AT, POLICY, PAID_AT + after)
    return found.way, found.reason, found.until


BEFORE_THE_END, THE_END = 7 * DAY - timedelta(seconds=1), 7 * DAY


@pytest.mark.parametrize(
    ("fulfilment", "after", "expected"),
    [
        ("none", timedelta(0), ("cancel", None, PAID_AT + 7 * DAY)),
        ("none", BEFORE_THE_END, ("cancel", None, PAID_AT + 7 * DAY)),
        ("none", THE_END, ("return_request", "unsent_for_long", None)),
        ("none", 400 * DAY, ("return_request", "unsent_for_long", None)),
        ("preparing", timedelta(0), ("return_request", "fulfilment_begun", None)),
        ("preparing", 400 * DAY, ("return_request", "fulfilment_begun", None)),
        ("shipped", timedelta(0), ("return_request", "fulfilment_begun", None)),
        ("shipped", 400 * DAY, ("return_request", "fulfilment_begun", None)),
        ("delivered", 5 * DAY, ("return_request", "fulfilment_begun", DELIVERED_AT + 7 * DAY)),
        ("delivered", 5 * DAY + BEFORE_THE_END, ("return_request", "fulfilment_begun", DELIVERED_AT + 7 * DAY)),
        ("delivered", 5 * DAY + THE_END, ("none", "return_period_over", None)),
        ("used", BEFORE_THE_END, ("return_request", "fulfilment_begun", PAID_AT + 7 * DAY)),
        ("used", THE_END, ("none", "return_period_over", None)),
    ],
)
def test_what_a_buyer_may_do(fulfilment: str, after: timedelta, expected: tuple[Any, ...]) -> None:
    assert way(line(fulfilment), after) == expected


@pytest.mark.parametrize("fulfilment", ["preparing", "shipped", "delivered", "used"])
def test_what_cannot_be_returned_is_refused_once_the_shop_has_begun(fulfilment: str) -> None:
    assert way(line(fulfilment, returnable=False), timedelta(0)) == ("none", "not_returnable", None)


def test_what_cannot_be_returned_can_be_cancelled_before() -> None:
    assert way(line(returnable=False), timedelta(0))[0] == "cancel"


def test_the_strictest_line_decides_and_returned_lines_do_not_count() -> None:
    untouched, sent, final = line(), line("shipped"), line("used", returnable=False)
    assert way([untouched, sent], DAY)[0] == "return_request"
    assert way([sent, final, untouched], DAY)[0] == "none"
    assert way([untouched, sent._replace(granted=0)], DAY)[0] == "cancel"
    assert way(line(granted=0), timedelta(0)) == ("none", "nothing_left", None)


def cancel(stage: str = "awaiting_approval", amount: int = 600, **changes: Any) -> KnownCancel:
    """A refund that the operator minsu requested for a buyer, unless said otherwise."""
    values: dict[str, Any] = {
        "id": UUID(int=amount),
        "provider_id": "imp_a",
        "kind": CancelKind.REFUND,
        "stage": CancelStage(stage),
        "origin": Origin.OPERATOR,
        "amount": amount,
        "reason": "품절",
        "requested_by": "minsu",
    }
    return KnownCancel(**values | changes)


@pytest.mark.parametrize(
    ("before", "amount", "needed"),
    [
        ([], 1_000, False),
        ([], 1_001, True),
        ([cancel("succeeded", 600)], 400, False),
        ([cancel("succeeded", 600)], 401, True),
        ([cancel("requested", 300), cancel("sent", 300)], 401, True),
        ([cancel("refused", 600), cancel("rejected", 600)], 1_000, False),
        ([cancel("awaiting_approval", 600)], 1_000, False),
        ([cancel("succeeded", 600, approved_by="jiwoo")], 1_000, False),
        ([cancel("succeeded", 600, origin=Origin.BUYER)], 1_000, False),
        ([cancel("succeeded", 600, origin=Origin.BUYER, reviewed_by="minsu")], 401, True),
        ([cancel("succeeded", 600, origin=Origin.SHOP, requested_by="key:server")], 401, True),
        ([cancel("succeeded", 600, origin=Origin.PORTONE, requested_by=None)], 1_000, False),
    ],
)
def test_when_a_second_person_is_needed(before: list[KnownCancel], amount: int, needed: bool) -> None:
    """Also when the limit is split into many small refunds; money that buyers cancel themselves does not count."""
    assert needs_second_person(before, amount, POLICY) is needed


ONE, TWO = ((LINE.key, 1),), ((LINE.key, 2),)


def beside(*others: KnownCancel, remaining: int = 10_000) -> Beside:
    """The payment of which something is left, with these other cancels."""
    return Beside(remaining=remaining, order=order(lines=(LINE._replace(granted=2),)), others=others)


@pytest.mark.parametrize(
    ("others", "remaining", "amount"),
    [
        ((), 10_000, 600),
        ((), 500, 500),
        ((), 0, None),
        ((cancel("requested", 700),), 1_000, 300),
        ((cancel("sent", 1_000),), 1_000, None),
        ((cancel("awaiting_approval", 700), cancel("return_requested", 700)), 1_000, 600),
    ],
)
def test_what_is_approved_is_what_others_left(
    others: tuple[KnownCancel, ...], remaining: int, amount: int | None
) -> None:
    """A buyer may have cancelled meanwhile, or the console. Requests that nobody has approved take nothing away."""
    approved = approve(cancel(pieces=TWO), beside(*others, remaining=remaining), "jiwoo", POLICY)
    if amount is None:
        assert approved is ReviewRefusal.NOTHING_LEFT
    else:
        assert isinstance(approved, KnownCancel)
        assert (approved.amount, approved.pieces) == (amount, TWO)


def test_pieces_that_are_on_their_way_are_not_approved_again() -> None:
    for others, pieces in (((cancel("sent", 1, pieces=ONE),), ONE), ((cancel("sent", 1, pieces=TWO),), ())):
        approved = approve(cancel(pieces=TWO), beside(*others), "jiwoo", POLICY)
        assert isinstance(approved, KnownCancel)
        assert approved.pieces == pieces


@pytest.mark.parametrize(("pieces", "amount"), [(ONE, 500), (TWO, None)])
def test_a_return_is_worth_the_pieces_that_others_left_it(
    pieces: tuple[tuple[UUID, int], ...], amount: int | None
) -> None:
    """An operator lets a refund of its pieces go for less while the return is open, and the PG may refuse that."""
    cheaper = cancel("sent", 100, pieces=pieces)
    asked = cancel("return_requested", 1_000, origin=Origin.BUYER, requested_by="hana", pieces=TWO)
    approved = approve(asked, beside(cheaper, remaining=1_000), "minsu", POLICY)
    assert (approved.amount if isinstance(approved, KnownCancel) else None) == amount


def test_nobody_is_the_second_person_for_oneself() -> None:
    requested, returned = cancel(), cancel(origin=Origin.BUYER, requested_by="hana", reviewed_by="minsu")
    for asked in (requested, returned):
        assert approve(asked, beside(), "minsu", POLICY) is ReviewRefusal.SECOND_PERSON_NEEDED
        approved = approve(asked, beside(), "jiwoo", POLICY)
        assert isinstance(approved, KnownCancel)
        assert (approved.stage, approved.approved_by) == ("requested", "jiwoo")


def test_a_return_is_let_go_by_one_and_a_large_one_by_two() -> None:
    small, large = (
        cancel("return_requested", amount, origin=Origin.BUYER, requested_by="hana") for amount in (1_000, 1_001)
    )
    first = approve(small, beside(), "minsu", POLICY)
    assert isinstance(first, KnownCancel)
    assert (first.stage, first.reviewed_by, first.approved_by) == ("requested", "minsu", None)
    second = approve(large, beside(), "minsu", POLICY)
    assert isinstance(second, KnownCancel)
    assert (second.stage, second.reviewed_by) == ("awaiting_approval", "minsu")


def test_a_return_after_small_refunds_of_the_same_payment_needs_two() -> None:
    asked = cancel("return_requested", 600, origin=Origin.BUYER, requested_by="hana")
    decided = approve(asked, beside(cancel("succeeded", 500)), "minsu", POLICY)
    assert isinstance(decided, KnownCancel)
    assert decided.stage == "awaiting_approval"


@pytest.mark.parametrize(
    "stage", [stage for stage in CancelStage if stage not in ("return_requested", "awaiting_approval")]
)
def test_what_is_decided_is_not_decided_again(stage: CancelStage) -> None:
    assert approve(cancel(stage), beside(), "jiwoo", POLICY) is ReviewRefusal.NOTHING_TO_REVIEW
    assert reject(cancel(stage), "no") is ReviewRefusal.NOTHING_TO_REVIEW


def test_a_rejected_automatic_refund_waits_for_another_account() -> None:
    """The money may not stay, only the account was wrong."""
    automatic = cancel(origin=Origin.SYSTEM, requested_by=None, reviewed_by="minsu")
    rejected = reject(automatic, "not the buyer's account")
    assert isinstance(rejected, KnownCancel)
    assert (rejected.stage, rejected.reviewed_by) == ("needs_account", None)
    other = reject(cancel(), "too much")
    assert isinstance(other, KnownCancel)
    assert (other.stage, other.refusal) == ("rejected", "too much")
