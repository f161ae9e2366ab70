"""PortOne's answers about an order are applied here and nowhere else, whatever they were asked for.

What the answer means is decided in `domain/decision`; this reads the facts, reserves stock where the decision needs it,
and has the effects written.
"""

import logging
from collections.abc import Iterable

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause
from pitturu.domain.decision import Answer, NeedsStock, Stock, decide
from pitturu.domain.provider import ProviderPayment
from pitturu.payments import inventory, loaded_order
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.cash_receipts import money_moved
from pitturu.payments.loaded_order import LoadedOrder
from pitturu.store import open_sessions
from pitturu.store.sessions import PaymentSession
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


def apply_provider_state(
    work: UnitOfWork,
    session: PaymentSession,
    attempts: Iterable[ProviderPayment],
    cause: Cause,
    settings: Settings,
    *,
    complete: bool = True,
) -> LoadedOrder:
    """Apply PortOne's answer about attempts to pay this session, whose lock the caller holds.

    `complete` says that these are all attempts: some of them cannot say that an order is over. Returns the order as it
    is afterwards.
    """
    order = loaded_order.load(work, session)
    answer = Answer(tuple(attempts), cause.asked_at, complete)
    for attempt in answer.shown:
        if attempt.order_id != session.merchant_uid:
            log.error("portone_answered_for_another_order", extra={"merchant_uid": session.merchant_uid})
    while isinstance(effects := decide(order.facts, answer, settings.policy, clock.now()), NeedsStock):
        order.set_stock(reserve(work, session, effects, settings))
    apply_effects(work, order, effects, cause)
    money_moved.follow(work, order, effects, settings, cause)
    return order


def reserve(work: UnitOfWork, session: PaymentSession, needs: NeedsStock, settings: Settings) -> Stock:
    """Reserve the pieces of a closed order anew, and a slot among its buyer's open ones where it opens again.

    In the transaction of the decision itself: pieces that were reserved by one of their own would be lost with a worker
    that dies between the two.
    """
    if needs.slot and not open_sessions.claim_slot(session, settings.open_sessions_per_user):
        return Stock.SOLD_OUT
    if inventory.hold_again(work, session):
        return Stock.HELD
    if needs.slot:
        session.open_slot = None
    return Stock.SOLD_OUT
