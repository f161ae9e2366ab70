"""How much a requested refund gives back, and what it begins as: to be sent, a return request, or to be approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from pitturu.domain.cancellation import AWAITS_REVIEW, CancelStage
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
from pitturu.domain.decision.facts import KnownCancel, KnownPayment, Line, Order
from pitturu.domain.decision.refund_shares import Share, fit_tax_free, in_proportion, share_of, tax_left


class RequestRefusal(StrEnum):
    """Why not. The values are codes of the HTTP API."""

    AMOUNT_BY_BUYER = "amount_for_operators_only"
    NOTHING_LEFT = "nothing_left"
    AMOUNT_TOO_LARGE = "amount_too_large"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    WORTH_NOTHING = "pieces_worth_nothing"
    NOT_RETURNABLE = "not_returnable"
    RETURN_PERIOD_OVER = "return_period_over"


@dataclass(frozen=True, slots=True)
class Refused:
    """`left` is what could still be requested: won, or pieces of `line` for QUANTITY_TOO_LARGE."""

    why: RequestRefusal
    left: int = 0
    line: UUID | None = None


@dataclass(frozen=True, slots=True)
class WantedRefund:
    """`amount` in won, `pieces` by line to return; neither means all that is left. `origin` is BUYER for the owner."""

    origin: Origin
    amount: int | None = None
    pieces: Mapping[UUID, int] | None = None


@dataclass(frozen=True, slots=True)
class PlannedRefund:
    """`pieces` by line are returned, `tax_free` won of the amount have no VAT. `partial`: something of the payment is
    left that no cancel asks for."""

    amount: int
    pieces: Mapping[UUID, int]
    stage: CancelStage
    partial: bool
    tax_free: int = 0


@dataclass(frozen=True, slots=True)
class _Left:
    """What nobody has asked for yet: won, and pieces by line. `gone` are the pieces that went back or are to, which is
    not `certain` while they may stay."""

    money: int
    tax_free: int
    pieces: Mapping[UUID, int]
    gone: Mapping[UUID, int]
    certain: bool


def plan_refund(
    wanted: WantedRefund,
    payment: KnownPayment,
    order: Order,
    cancels: Sequence[KnownCancel],
    policy: CancelPolicy,
    now: datetime,
) -> PlannedRefund | Refused:
    """What a request becomes. `payment` is the accepted payment of the order; `cancels` are all cancels of it.

    A cancel of all that remains has all pieces that no earlier cancel has, so that they are returned even if an earlier
    one is refused. A buyer gets no more than the pieces are worth: an operator may have taken others back for less.
    """
    if wanted.amount is not None and wanted.origin is Origin.BUYER:
        return Refused(RequestRefusal.AMOUNT_BY_BUYER)
    left = _left(wanted.origin, payment, order, cancels)
    if left.money <= 0 or (not any(left.pieces.values()) and wanted.origin is Origin.BUYER):
        return Refused(RequestRefusal.NOTHING_LEFT)
    for key, number in (wanted.pieces or {}).items():
        if number > left.pieces.get(key, 0):
            return Refused(RequestRefusal.QUANTITY_TOO_LARGE, left.pieces.get(key, 0), key)
    share, pieces = _share_and_pieces(wanted, order, left)
    if share.amount > left.money:
        return Refused(RequestRefusal.AMOUNT_TOO_LARGE, left.money)
    if share.amount <= 0:
        return Refused(RequestRefusal.WORTH_NOTHING)
    concerned = [line for line in order.lines if not wanted.pieces or line.key in wanted.pieces]
    way = way_now(wanted.origin, concerned, payment.paid_at or now, policy, now)
    if way.way is CancelWay.NONE and way.reason is not None:
        return Refused(RequestRefusal(way.reason))
    return PlannedRefund(
        share.amount,
        pieces,
        _stage(wanted.origin, way, cancels, share.amount, policy),
        share.amount < left.money,
        fit_tax_free(share.amount, share.tax_free, left.money, left.tax_free),
    )


def _left(origin: Origin, payment: KnownPayment, order: Order, cancels: Sequence[KnownCancel]) -> _Left:
    promised = [cancel for cancel in cancels if cancel.is_undecided and not gives_way(cancel, origin)]
    kept = [cancel for cancel in cancels if not cancel.is_undecided or cancel in promised]
    asked = {line.key: sum(cancel.pieces_of(line.key) for cancel in promised) for line in order.lines}
    pieces = {line.key: max(0, line.granted - asked[line.key]) for line in order.lines}
    return _Left(
        payment.remaining - sum(cancel.amount for cancel in promised),
        tax_left(order, payment, kept).tax_free,
        pieces,
        {line.key: line.quantity - pieces[line.key] for line in order.lines},
        not any(cancel.pieces and _may_not_happen(cancel, origin) for cancel in promised),
    )


def _may_not_happen(cancel: KnownCancel, origin: Origin) -> bool:
    """Whether the last won of the order wait for this promised cancel, which the PG may refuse, the shop reject or the
    buyer withdraw. A cancel of a buyer gets them later (`last_pieces`); one of the shop names its amount for good, so
    it waits for what a person decides only."""
    return origin is Origin.BUYER or (cancel.origin is Origin.BUYER and cancel.stage in AWAITS_REVIEW)


def gives_way(cancel: KnownCancel, origin: Origin) -> bool:
    """What an operator or the shop's server requested and nobody has approved is no promise yet: a buyer's own request
    comes first."""
    unapproved = cancel.origin in LIMITED and cancel.stage is CancelStage.AWAITING_APPROVAL
    return origin is Origin.BUYER and unapproved


def way_now(origin: Origin, lines: Sequence[Line], paid_at: datetime, policy: CancelPolicy, now: datetime) -> WayNow:
    """What a request of `origin` begins as now: the shop may always refund, a buyer as the policy says."""
    return buyers_way(lines, paid_at, policy, now) if origin is Origin.BUYER else AT_ONCE


def _share_and_pieces(wanted: WantedRefund, order: Order, left: _Left) -> tuple[Share, Mapping[UUID, int]]:
    if wanted.amount is not None:
        tax_free = in_proportion(wanted.amount, left.money, left.tax_free)
        return Share(wanted.amount, tax_free), wanted.pieces or MappingProxyType({})
    everything = {key: number for key, number in left.pieces.items() if number}
    if wanted.pieces is None and wanted.origin is not Origin.BUYER:
        return Share(left.money, left.tax_free), everything
    pieces = everything if wanted.pieces is None else wanted.pieces
    share = share_of(order, left.gone, pieces, certain=left.certain)
    if wanted.origin is Origin.BUYER and dict(pieces) == everything:
        # An operator may have given back more for the others, and refused cancels leave a won of rounding.
        share = share._replace(amount=min(left.money, share.amount))
    return share, pieces


def _stage(
    origin: Origin, way: WayNow, cancels: Sequence[KnownCancel], amount: int, policy: CancelPolicy
) -> CancelStage:
    if way.way is CancelWay.RETURN_REQUEST:
        return CancelStage.RETURN_REQUESTED
    if origin in LIMITED and needs_second_person(cancels, amount, policy):
        return CancelStage.AWAITING_APPROVAL
    return CancelStage.REQUESTED
