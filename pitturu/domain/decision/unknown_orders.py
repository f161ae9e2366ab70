"""Money for an order number that was never issued here: there is no order to decide about, only a refund."""

from collections.abc import Mapping
from datetime import datetime

from pitturu.domain.decision import refunds
from pitturu.domain.decision.attempts import known_from, save_attempt
from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.effects import Effect
from pitturu.domain.decision.facts import LONG_AGO, Facts, KnownCancel, KnownPayment, Order, Stock
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.verdict import Verdict


def facts_of_unknown(
    order_id: str, payments: Mapping[str, KnownPayment], cancels: tuple[KnownCancel, ...] = ()
) -> Facts:
    """The facts about payments of an order number that was never issued here."""
    order = Order(SessionStatus.MISMATCHED, order_id, 0, "", (), Stock.RELEASED, LONG_AGO, LONG_AGO)
    return Facts(order, payments, cancels)


def decide_unknown(facts: Facts, attempt: ProviderPayment, now: datetime) -> tuple[Effect, ...]:
    """What PortOne's answer about such a payment means: what is left of it is refunded, once.

    Once a payment is known, an answer about another attempt of the same order is ignored.
    """
    draft = Draft(facts)
    known = not facts.payments or attempt.provider_id in facts.payments
    payment = known_from(facts, attempt, now) if known and attempt.order_id == facts.order.order_id else None
    if payment is not None:
        save_attempt(draft, payment._replace(verdict=Verdict.ORDER_DIFFERS), attempt)
        refunds.match(draft, attempt, now)
        refunds.refund_automatically(draft, draft.payment(attempt.provider_id), now)
    return tuple(draft.effects)
