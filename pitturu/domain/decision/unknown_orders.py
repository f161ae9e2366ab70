"""Money for an order number that was never issued here: there is no order to decide about, only a refund."""

from datetime import UTC, datetime
from typing import Final

from pitturu.domain.decision import refunds
from pitturu.domain.decision.attempts import known_from, save_attempt
from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.effects import Effect
from pitturu.domain.decision.facts import Facts, KnownCancel, KnownPayment, Order, Stock
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderPayment

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_ORDER: Final = Order(SessionStatus.MISMATCHED, "", 0, "", (), Stock.RELEASED, _NEVER, _NEVER)


def facts_of_unknown(payment: KnownPayment, cancels: tuple[KnownCancel, ...]) -> Facts:
    """The facts about a payment of an unknown order, whose verdict is ORDER_DIFFERS."""
    return Facts(_NO_ORDER, {payment.provider_id: payment}, cancels)


def refund_unknown(facts: Facts) -> tuple[Effect, ...]:
    """Refund what is left of the payments of an unknown order, once."""
    draft = Draft(facts)
    for payment in facts.payments.values():
        refunds.refund_automatically(draft, payment)
    return tuple(draft.effects)


def decide_unknown(facts: Facts, attempt: ProviderPayment, now: datetime) -> tuple[Effect, ...]:
    """What PortOne says about such a payment. Another attempt of the same order is of no interest."""
    draft = Draft(facts)
    payment = known_from(facts, attempt, now) if attempt.provider_id in facts.payments else None
    if payment is not None:
        save_attempt(draft, payment, attempt)
        refunds.match(draft, attempt, now)
    return tuple(draft.effects)
