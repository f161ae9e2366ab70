"""The last pieces of an order take what is left of its money with them: shipping, and what rounding left over.

Not before they are surely the last: a buyer who asks for two lines may withdraw one of the requests, the shop may
reject it or the PG refuse it, and would then keep goods that were sent for nothing.
"""

from pitturu.domain.cancellation import CancelStage
from pitturu.domain.cause import Origin
from pitturu.domain.decision.cancel_effects import ChangeCancel
from pitturu.domain.decision.cancel_request import gives_way
from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.facts import KnownCancel, KnownPayment
from pitturu.domain.decision.refund_shares import share_of


def take_the_rest(draft: Draft, payment: KnownPayment) -> None:
    """A waiting cancel of a buyer that names all pieces which the buyer still has gives back what the others left."""
    for cancel in draft.facts.cancels_of(payment.provider_id):
        if payment.accepted and cancel.is_undecided and cancel.origin is Origin.BUYER and _is_last(draft, cancel):
            _raise(draft, payment, cancel)


def _is_last(draft: Draft, cancel: KnownCancel) -> bool:
    """Whether nothing of the order stays with the buyer after it. One that was sent is not changed any more."""
    held = {line.key: line.granted for line in draft.order.lines if line.granted}
    return cancel.stage is not CancelStage.SENT and bool(held) and dict(cancel.pieces) == held


def _raise(draft: Draft, payment: KnownPayment, cancel: KnownCancel) -> None:
    gone = {line.key: line.quantity - line.granted for line in draft.order.lines}
    others = [one for one in draft.facts.cancels_of(payment.provider_id) if one.id != cancel.id and one.is_undecided]
    promised = sum(one.amount for one in others if not gives_way(one, Origin.BUYER))
    share = share_of(draft.order, gone, dict(cancel.pieces))
    amount = min(share.amount, payment.remaining - promised)
    if amount > cancel.amount:
        draft.add(ChangeCancel(cancel._replace(amount=amount, tax_free=share.tax_free)))
