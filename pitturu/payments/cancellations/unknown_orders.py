"""Payments of orders that were never issued here: their refund is a cancel like any other, without a session.

The comparison with PortOne's books finds them; `UNKNOWN_PAYMENT` says whether they are refunded. PortOne refuses a
cancel whose balance is not its own, so money that was refunded meanwhile is not refunded twice.
"""

from uuid import UUID

from sqlalchemy import select

from pitturu.config.settings import Settings
from pitturu.domain import clock
from pitturu.domain.cause import Cause
from pitturu.domain.decision.unknown_orders import decide_unknown, facts_of_unknown, refund_unknown
from pitturu.domain.provider import ProviderPayment
from pitturu.domain.provider_listing import UnknownPaymentPolicy
from pitturu.domain.verdict import Verdict
from pitturu.payments.apply_effects import apply_effects
from pitturu.payments.loaded_order import LoadedOrder, known_cancel, known_payment
from pitturu.store import cancellations, orders
from pitturu.store.cancellations import Cancellation
from pitturu.store.history import Payment
from pitturu.store.unit_of_work import UnitOfWork

KEPT = "UNKNOWN_PAYMENT says keep: nothing is sent."
ISSUED = "The order number is ours after all: nothing is refunded here."


def begin_refund(work: UnitOfWork, generation: str, attempt: ProviderPayment, cause: Cause) -> Cancellation:
    """Record a payment of an unknown order, and the refund of all that is left of it, to be sent now."""
    payment = Payment(
        generation=generation,
        imp_uid=attempt.provider_id,
        merchant_uid=attempt.order_id,
        item_name="",
        amount=attempt.amount,
        cancelled_amount=0,
        currency=attempt.currency[:10],
        sandbox=attempt.sandbox,
        status="mismatched",
        provider_status=attempt.word[:50],
        verdict=Verdict.ORDER_DIFFERS,
        pay_method=attempt.pay_method[:50],
        pg_provider=attempt.pg_provider[:50],
        paid_at=attempt.paid_at or clock.now(),
    )
    work.session.add(payment)
    work.session.flush()
    order = _loaded(payment)
    apply_effects(work, order, decide_unknown(order.facts, attempt, clock.now()), cause)
    apply_effects(work, order, refund_unknown(order.facts), cause)
    return list(order.cancels.values())[-1]


def load(work: UnitOfWork, payment_key: UUID) -> LoadedOrder:
    """A payment of an unknown order with its cancels, locked."""
    (payment,) = work.lock(select(Payment).where(Payment.id == payment_key))
    return _loaded(payment)


def _loaded(payment: Payment) -> LoadedOrder:
    rows = {row.id: row for row in cancellations.of_payment(payment.id)}
    cancels = tuple(known_cancel(row, payment.imp_uid) for row in rows.values())
    facts = facts_of_unknown(known_payment(payment), cancels)
    return LoadedOrder(None, facts, {payment.imp_uid: payment}, rows)


def reason_to_keep(payment: Payment, settings: Settings) -> str | None:
    """Why a refund that has not been sent yet is not to be sent any more; None when it is."""
    if orders.by_order(payment.merchant_uid) is not None:
        return ISSUED
    return KEPT if settings.unknown_payment is UnknownPaymentPolicy.KEEP else None
