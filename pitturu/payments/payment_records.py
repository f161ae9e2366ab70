"""What PortOne says about one attempt, kept as one row of the payment history."""

from uuid import uuid4

from pitturu.domain import clock
from pitturu.domain.lifecycle import SessionStatus, after_money
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import MISMATCHES, Verdict
from pitturu.extensions import db
from pitturu.store.history import Payment
from pitturu.store.sessions import PaymentSession


def remember(session: PaymentSession, known: dict[str, Payment], attempt: ProviderPayment) -> Payment | None:
    """The row of this attempt, made or brought up to date; None when there is nothing worth remembering.

    An opened window that came to nothing yet is not worth a row. An answer older than what we know changes nothing.
    """
    payment = known.get(attempt.provider_id)
    if payment is None:
        if not _worth_a_row(attempt):
            return None
        payment = _new_row(session, attempt)
        known[attempt.provider_id] = payment
    elif not attempt.money_came and (payment.paid_at is not None or payment.status == SessionStatus.CANCELLED):
        return None
    if attempt.money_came and payment.paid_at is None:
        payment.paid_at = attempt.paid_at or clock.now()
        # The amount of a virtual account may change until the deposit; from then on it is what was charged.
        payment.amount = attempt.amount
    payment.provider_status = attempt.word[:50]
    payment.pg_provider = payment.pg_provider or attempt.pg_provider[:50]
    payment.fail_reason = attempt.fail_reason[:500] or None
    payment.receipt_url = attempt.receipt_url or payment.receipt_url
    payment.status = status_of(payment, attempt)
    return payment


def status_of(payment: Payment, attempt: ProviderPayment) -> SessionStatus:
    """What the buyer reads in the history about this attempt."""
    if payment.paid_at is not None:
        return money_status(payment)
    if attempt.awaits_deposit:
        return SessionStatus.AWAITING_DEPOSIT
    if attempt.status is ProviderStatus.CANCELLED:
        return SessionStatus.CANCELLED
    return SessionStatus.FAILED


def money_status(payment: Payment) -> SessionStatus:
    """The status of a payment whose money came, from amounts alone."""
    status = after_money(payment.amount, payment.cancelled_amount)
    rejected = payment.verdict is not None and Verdict(payment.verdict) in MISMATCHES
    return SessionStatus.MISMATCHED if rejected and status is not SessionStatus.CANCELLED else status


def _worth_a_row(attempt: ProviderPayment) -> bool:
    settled = attempt.status in (ProviderStatus.FAILED, ProviderStatus.CANCELLED)
    return attempt.money_came or attempt.awaits_deposit or settled


def _new_row(session: PaymentSession, attempt: ProviderPayment) -> Payment:
    payment = Payment(
        id=uuid4(),
        created_at=clock.now(),
        session_key=session.id,
        imp_uid=attempt.provider_id,
        merchant_uid=attempt.order_id,
        user_username=session.user_username,
        item_name=session.item_name,
        amount=attempt.amount,
        cancelled_amount=0,
        currency=attempt.currency[:10],
        sandbox=attempt.sandbox,
        status=SessionStatus.FAILED,
        provider_status=attempt.word[:50],
        pay_method=(attempt.pay_method or session.pay_method or "")[:50],
        pg_provider=attempt.pg_provider[:50],
    )
    db.session.add(payment)
    return payment
