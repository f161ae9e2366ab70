"""Payments of orders that were never issued here: their refund is a cancel like any other, without a session.

The comparison with PortOne's books finds them; `UNKNOWN_PAYMENT` says whether they are refunded. PortOne refuses a
cancel whose balance is not its own, so money that was refunded meanwhile is not refunded twice.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause
from pitturu.domain.decision.unknown_orders import decide_unknown, facts_of_unknown
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.loaded_order import LoadedOrder, known_cancel, known_payment
from pitturu.store import cancellations, orders
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork

KEPT: Final = "UNKNOWN_PAYMENT says keep: nothing is sent."
ISSUED: Final = "The order number is ours after all: nothing is refunded here."


def begin_refund(work: UnitOfWork, generation: str, attempt: ProviderPayment, cause: Cause) -> Cancellation:
    """Record a payment of an unknown order, and the refund of all that is left of it, to be sent now."""
    order = LoadedOrder(None, facts_of_unknown(attempt.order_id, {}), {}, {}, generation)
    apply_effects(work, order, decide_unknown(order.facts, attempt, clock.now()), cause)
    return list(order.cancels.values())[-1]


def load(work: UnitOfWork, payment_key: UUID) -> LoadedOrder:
    """A payment of an unknown order with its cancels, locked."""
    (payment,) = work.lock(select(Payment).where(Payment.id == payment_key))
    rows = {row.id: row for row in cancellations.of_payment(payment.id)}
    cancels = tuple(known_cancel(row, payment.imp_uid) for row in rows.values())
    facts = facts_of_unknown(payment.merchant_uid, {payment.imp_uid: known_payment(payment)}, cancels)
    return LoadedOrder(None, facts, {payment.imp_uid: payment}, rows, payment.generation)


def reason_to_keep(payment: Payment, settings: Settings) -> str | None:
    """Why a refund that has not been sent yet is not to be sent any more; None when it is."""
    if orders.by_order(payment.merchant_uid) is not None:
        return ISSUED
    return KEPT if settings.unknown_payment is UnknownPaymentPolicy.KEEP else None
