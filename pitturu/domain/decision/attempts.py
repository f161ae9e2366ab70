"""What PortOne says about one attempt to pay, as this system keeps it."""

from datetime import datetime
from typing import Protocol

from pitturu.domain.decision.draft import Draft
from pitturu.domain.decision.effects import SavePayment
from pitturu.domain.decision.facts import Facts, KnownPayment
from pitturu.domain.escrow import UNKNOWN
from pitturu.domain.lifecycle import SessionStatus, after_money
from pitturu.domain.provider import ProviderPayment, ProviderStatus
from pitturu.domain.verdict import MISMATCHES, Environment, Verdict

SETTLED = (ProviderStatus.FAILED, ProviderStatus.CANCELLED)


def known_from(facts: Facts, attempt: ProviderPayment, now: datetime) -> KnownPayment | None:
    """The payment of this attempt brought up to date; None when the attempt says nothing that is to be kept.

    A window that was opened and came to nothing yet is not kept. An answer that is older than what is known changes
    nothing.
    """
    known = facts.payments.get(attempt.provider_id)
    if known is None:
        kept = attempt.money_came or attempt.awaits_deposit or attempt.status in SETTLED
        return _new(attempt, now) if kept else None
    if not attempt.money_came and (known.paid_at is not None or known.status is SessionStatus.CANCELLED):
        return None
    return _updated(known, attempt, now)


class Wanted(Protocol):
    """What a payment has to match: the order, and a question about it."""

    @property
    def order_id(self) -> str:
        """The order number that PortOne knows."""

    @property
    def amount(self) -> int:
        """Won."""

    @property
    def currency(self) -> str:
        """Three letters."""


def compare(order: Wanted, environment: Environment, paid: ProviderPayment) -> Verdict:
    """ACCEPTED if this is the payment that the order requires, or the first difference."""
    if paid.order_id != order.order_id:
        return Verdict.ORDER_DIFFERS
    if paid.sandbox != (environment is Environment.TEST):
        return Verdict.CHANNEL_DIFFERS
    if paid.currency != order.currency:
        return Verdict.CURRENCY_DIFFERS
    if paid.amount != order.amount:
        return Verdict.AMOUNT_DIFFERS
    return Verdict.ACCEPTED


def save_attempt(draft: Draft, payment: KnownPayment, attempt: ProviderPayment) -> None:
    """Write what is known from this attempt, with the status that the buyer reads."""
    save(draft, payment._replace(status=_status(payment, attempt)))


def save(draft: Draft, payment: KnownPayment) -> None:
    """Write a payment where it differs from what is known."""
    if draft.facts.payments.get(payment.provider_id) != payment:
        draft.add(SavePayment(payment))


def settled_status(payment: KnownPayment) -> SessionStatus:
    """The status of a payment whose money arrived, from amounts alone."""
    status = after_money(payment.amount, payment.cancelled)
    rejected = payment.verdict in MISMATCHES
    return SessionStatus.MISMATCHED if rejected and status is not SessionStatus.CANCELLED else status


def _new(attempt: ProviderPayment, now: datetime) -> KnownPayment:
    return KnownPayment(
        provider_id=attempt.provider_id,
        status=SessionStatus.FAILED,
        provider_status=attempt.word[:50],
        amount=attempt.amount,
        currency=attempt.currency[:10],
        sandbox=attempt.sandbox,
        created_at=now,
        paid_at=(attempt.paid_at or now) if attempt.money_came else None,
        method=attempt.pay_method[:50],
        pg_provider=attempt.pg_provider[:50],
        fail_reason=attempt.fail_reason[:500] or None,
        receipt_url=attempt.receipt_url or None,
        installment_months=attempt.installment_months,
        escrow_status=attempt.escrow_status,
    )


def _updated(known: KnownPayment, attempt: ProviderPayment, now: datetime) -> KnownPayment:
    months = attempt.installment_months
    arrived = attempt.money_came and known.paid_at is None
    return known._replace(
        paid_at=(attempt.paid_at or now) if arrived else known.paid_at,
        # The amount of a virtual account may change until the deposit; from then on it is what was charged.
        amount=attempt.amount if arrived else known.amount,
        provider_status=attempt.word[:50],
        pg_provider=known.pg_provider or attempt.pg_provider[:50],
        fail_reason=attempt.fail_reason[:500] or None,
        receipt_url=attempt.receipt_url or known.receipt_url,
        installment_months=known.installment_months if months is None else months,
        escrow_status=_escrow_status(known, attempt),
    )


def _escrow_status(known: KnownPayment, attempt: ProviderPayment) -> str | None:
    """What PortOne says, unless it says less than is known (V1)."""
    shown = attempt.escrow_status
    return known.escrow_status if shown in (None, UNKNOWN) and known.escrow_status else shown


def _status(payment: KnownPayment, attempt: ProviderPayment) -> SessionStatus:
    """What the buyer reads in the history about this attempt."""
    if payment.paid_at is not None:
        return settled_status(payment)
    if attempt.awaits_deposit:
        return SessionStatus.AWAITING_DEPOSIT
    if attempt.status is ProviderStatus.CANCELLED:
        return SessionStatus.CANCELLED
    return SessionStatus.FAILED
