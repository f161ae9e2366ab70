"""When money goes back on request: by the buyer alone, as a return that a person decides, or with two operators.

A buyer cancels alone until the shop has begun with the pieces. Afterwards the buyer asks for a return, which only a
person refuses, until the time for returns is over. What one operator lets go is limited; above it a second one has to
approve.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pitturu.domain.cancellation import AWAITS_REVIEW, IN_TURN, CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision.facts import KnownCancel, Line, Order
from pitturu.domain.decision.refund_shares import Pieces, share_of
from pitturu.domain.fulfilment import HANDED_OVER, Fulfilment


@dataclass(frozen=True, slots=True)
class CancelPolicy:
    """`window` counts from delivery, or from payment where nothing is shipped. `approval_above` in won."""

    window: timedelta
    approval_above: int


class CancelWay(StrEnum):
    """What a cancel that is requested now begins as."""

    CANCEL = "cancel"
    RETURN_REQUEST = "return_request"
    NONE = "none"


class WayReason(StrEnum):
    """Why it is not executed at once. The last three are codes of refusals as well."""

    FULFILMENT_BEGUN = "fulfilment_begun"
    UNSENT_FOR_LONG = "unsent_for_long"
    NOT_RETURNABLE = "not_returnable"
    RETURN_PERIOD_OVER = "return_period_over"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class WayNow:
    """`until` is when this way ends; None where it does not."""

    way: CancelWay
    reason: WayReason | None = None
    until: datetime | None = None


AT_ONCE: Final = WayNow(CancelWay.CANCEL)
"""The way of an operator, or of the shop's server, with a buyer's payment."""

LIMITED: Final = frozenset({Origin.OPERATOR, Origin.SHOP})
"""Who lets go of no more than `approval_above` of a payment without an operator's approval."""

_STRICTER: Final = (CancelWay.CANCEL, CancelWay.RETURN_REQUEST, CancelWay.NONE)

_LET_GO: Final = frozenset({CancelStage.REQUESTED, CancelStage.SENT, CancelStage.SUCCEEDED})


def buyers_way(lines: Iterable[Line], paid_at: datetime, policy: CancelPolicy, now: datetime) -> WayNow:
    """What the buyer may do about the pieces that were not returned yet: the strictest way of all lines."""
    ways = [_way_of(line, paid_at, policy, now) for line in lines if line.granted > 0]
    nothing = WayNow(CancelWay.NONE, WayReason.NOTHING_LEFT)
    return max(ways, key=lambda found: _STRICTER.index(found.way), default=nothing)


def _way_of(line: Line, paid_at: datetime, policy: CancelPolicy, now: datetime) -> WayNow:
    if line.fulfilment is Fulfilment.NONE:
        until = paid_at + policy.window
        if now < until:
            return WayNow(CancelWay.CANCEL, until=until)
        # A shop that never ships would otherwise refund for years; one that is slow must not keep the money either.
        return WayNow(CancelWay.RETURN_REQUEST, WayReason.UNSENT_FOR_LONG)
    if not line.returnable:
        return WayNow(CancelWay.NONE, WayReason.NOT_RETURNABLE)
    if line.fulfilment not in HANDED_OVER:
        return WayNow(CancelWay.RETURN_REQUEST, WayReason.FULFILMENT_BEGUN)
    until = (line.delivered_at or paid_at) + policy.window
    if now >= until:
        return WayNow(CancelWay.NONE, WayReason.RETURN_PERIOD_OVER)
    return WayNow(CancelWay.RETURN_REQUEST, WayReason.FULFILMENT_BEGUN, until)


def needs_second_person(cancels: Iterable[KnownCancel], amount: int, policy: CancelPolicy) -> bool:
    """Whether a further `amount` is more than one operator may let go of a payment with these cancels.

    Cancels that one operator or the shop's server alone let go before count, so that many small ones do not avoid the
    limit.
    """
    return amount > left_to_one(cancels, policy)


def left_to_one(cancels: Iterable[KnownCancel], policy: CancelPolicy) -> int:
    """Won that one operator, or the shop's server, may still let go of a payment with these cancels."""
    return max(0, policy.approval_above - sum(cancel.amount for cancel in cancels if _by_one(cancel)))


def _by_one(cancel: KnownCancel) -> bool:
    alone = cancel.origin in LIMITED or cancel.reviewed_by is not None
    return alone and cancel.approved_by is None and cancel.stage in _LET_GO


class ReviewRefusal(StrEnum):
    """Why a cancel cannot be approved. The values are codes of the HTTP API."""

    NOTHING_TO_REVIEW = "nothing_to_review"
    NOTHING_LEFT = "nothing_left"
    SECOND_PERSON_NEEDED = "second_person_needed"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a reviewed cancel is compared with: won that have not gone back, the order, and the other cancels.

    Others that are on their way come first: a buyer may have cancelled what an operator's request was about.
    """

    remaining: int
    order: Order
    others: Sequence[KnownCancel]

    def shrink(self, cancel: KnownCancel) -> KnownCancel | None:
        """The cancel of what is left of it; None if nothing is."""
        promised = [other for other in self.others if other.stage in IN_TURN]
        amount = min(cancel.amount, self.remaining - sum(other.amount for other in promised))
        kept = {line.key: line.granted - sum(one.pieces_of(line.key) for one in promised) for line in self.order.lines}
        pieces = ((key, min(wanted, kept.get(key, 0))) for key, wanted in cancel.pieces)
        left = tuple((key, number) for key, number in pieces if number > 0)
        if cancel.origin is Origin.BUYER and left != cancel.pieces:
            amount = min(amount, self._worth(dict(left), kept, certain=not any(one.pieces for one in promised)))
        return cancel._replace(amount=amount, pieces=left) if amount > 0 else None

    def _worth(self, pieces: Pieces, kept: Pieces, *, certain: bool) -> int:
        """What a buyer gets for fewer pieces than were asked for. The last money of the order waits for the others."""
        gone = {line.key: line.quantity - kept[line.key] for line in self.order.lines}
        return share_of(self.order, gone, pieces, certain=certain).amount


def approve(cancel: KnownCancel, beside: Beside, name: str, policy: CancelPolicy) -> KnownCancel | ReviewRefusal:
    """The cancel after an operator approved it."""
    if cancel.stage not in AWAITS_REVIEW:
        return ReviewRefusal.NOTHING_TO_REVIEW
    left = beside.shrink(cancel)
    return ReviewRefusal.NOTHING_LEFT if left is None else _approve(left, beside.others, name, policy)


def _approve(
    cancel: KnownCancel, others: Sequence[KnownCancel], name: str, policy: CancelPolicy
) -> KnownCancel | ReviewRefusal:
    if cancel.stage is CancelStage.RETURN_REQUESTED:
        more = needs_second_person(others, cancel.amount, policy)
        stage = CancelStage.AWAITING_APPROVAL if more else CancelStage.REQUESTED
        return cancel._replace(stage=stage, reviewed_by=name)
    if name in (cancel.requested_by, cancel.reviewed_by):
        return ReviewRefusal.SECOND_PERSON_NEEDED
    return cancel._replace(stage=CancelStage.REQUESTED, approved_by=name)


def reject(cancel: KnownCancel, reason: str) -> KnownCancel | ReviewRefusal:
    """The cancel after a person refused it.

    An automatic refund is owed all the same: it waits for another account again.
    """
    if cancel.stage not in AWAITS_REVIEW:
        return ReviewRefusal.NOTHING_TO_REVIEW
    if cancel.origin is Origin.SYSTEM:
        return cancel._replace(stage=CancelStage.NEEDS_ACCOUNT, reviewed_by=None, refusal=reason)
    return cancel._replace(stage=CancelStage.REJECTED, refusal=reason)
