"""How much a requested refund gives back, and what it begins as: to be sent, a return request, or to be approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pitturu.domain.cancellation import CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision.cancel_policy import (
    AT_ONCE,
    LIMITED,
    CancelPolicy,
    CancelWay,
    WayNow,
    buyers_way,
    needs_second_person,
)
from pitturu.domain.decision.facts import KnownCancel, KnownPayment, Line


class RequestRefusal(StrEnum):
    """Why not. The values are codes of the HTTP API."""

    AMOUNT_BY_BUYER = "amount_for_operators_only"
    NOTHING_LEFT = "nothing_left"
    AMOUNT_TOO_LARGE = "amount_too_large"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    NOT_RETURNABLE = "not_returnable"
    RETURN_PERIOD_OVER = "return_period_over"


@dataclass(frozen=True, slots=True)
class Refused:
    """`left` is what could still be requested: won, or pieces for QUANTITY_TOO_LARGE."""

    why: RequestRefusal
    left: int = 0


@dataclass(frozen=True, slots=True)
class WantedRefund:
    """`amount` in won, `pieces` to return; neither means all that is left. `origin` is BUYER for the owner."""

    origin: Origin
    amount: int | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedRefund:
    """`pieces` is None where none are returned. `partial`: something of the payment is left that no cancel asks for."""

    amount: int
    pieces: int | None
    stage: CancelStage
    partial: bool


def plan_refund(
    wanted: WantedRefund,
    payment: KnownPayment,
    lines: Sequence[Line],
    cancels: Sequence[KnownCancel],
    policy: CancelPolicy,
    now: datetime,
) -> PlannedRefund | Refused:
    """What a request becomes. `payment` is the accepted payment of the order; `cancels` are all cancels of it.

    A cancel of all that remains has all pieces that no earlier cancel has, so that they are returned even if an earlier
    one is refused. A buyer gets no more than the price of the pieces: an operator may have taken others back for less.
    """
    if wanted.amount is not None and wanted.origin is Origin.BUYER:
        return Refused(RequestRefusal.AMOUNT_BY_BUYER)
    undecided = [cancel for cancel in cancels if cancel.is_undecided and not _gives_way(cancel, wanted.origin)]
    left = payment.remaining - sum(cancel.amount for cancel in undecided)
    pieces_left = sum(line.granted for line in lines) - sum(cancel.pieces or 0 for cancel in undecided)
    if left <= 0 or (pieces_left <= 0 and wanted.origin is Origin.BUYER):
        return Refused(RequestRefusal.NOTHING_LEFT)
    if wanted.pieces is not None and wanted.pieces > pieces_left:
        return Refused(RequestRefusal.QUANTITY_TOO_LARGE, pieces_left)
    amount, pieces = _amount_and_pieces(wanted, lines, left, pieces_left)
    if amount > left:
        return Refused(RequestRefusal.AMOUNT_TOO_LARGE, left)
    way = way_now(wanted.origin, lines, payment.paid_at or now, policy, now)
    if way.way is CancelWay.NONE and way.reason is not None:
        return Refused(RequestRefusal(way.reason))
    return PlannedRefund(amount, pieces, _stage(wanted.origin, way, cancels, amount, policy), amount < left)


def _gives_way(cancel: KnownCancel, origin: Origin) -> bool:
    """What an operator or the shop's server requested and nobody has approved is no promise yet: a buyer's own request
    comes first."""
    unapproved = cancel.origin in LIMITED and cancel.stage is CancelStage.AWAITING_APPROVAL
    return origin is Origin.BUYER and unapproved


def way_now(origin: Origin, lines: Sequence[Line], paid_at: datetime, policy: CancelPolicy, now: datetime) -> WayNow:
    """What a request of `origin` begins as now: the shop may always refund, a buyer as the policy says."""
    return buyers_way(lines, paid_at, policy, now) if origin is Origin.BUYER else AT_ONCE


def _amount_and_pieces(
    wanted: WantedRefund, lines: Sequence[Line], left: int, pieces_left: int
) -> tuple[int, int | None]:
    if wanted.amount is not None:
        return wanted.amount, wanted.pieces
    (line,) = lines
    if wanted.pieces is not None:
        return wanted.pieces * line.unit_price, wanted.pieces
    most = pieces_left * line.unit_price if wanted.origin is Origin.BUYER else left
    return min(left, most), pieces_left or None


def _stage(
    origin: Origin, way: WayNow, cancels: Sequence[KnownCancel], amount: int, policy: CancelPolicy
) -> CancelStage:
    if way.way is CancelWay.RETURN_REQUEST:
        return CancelStage.RETURN_REQUESTED
    if origin in LIMITED and needs_second_person(cancels, amount, policy):
        return CancelStage.AWAITING_APPROVAL
    return CancelStage.REQUESTED
