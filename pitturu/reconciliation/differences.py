"""The differences between PortOne's and our data of one payment, and whether they still exist.

Our row may be newer than the list that it is compared with. A row that is *behind* PortOne is therefore always a
difference; a row that is ahead is one only if it was not changed after PortOne was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderEvent, ProviderPayment, ProviderStatus
from pitturu.store.history import Payment
from pitturu.store.reconciliation_ours import Ours
from pitturu.store.reconciliations import Kind


@dataclass(frozen=True)
class Difference:
    """One difference: both values as text, the amount concerned in won, and an explanation for the report."""

    kind: Kind
    ours: str
    theirs: str
    amount: int
    words: str


def between(ours: Ours | None, theirs: ProviderPayment, asked_at: datetime) -> Iterator[Difference]:
    """Every difference. `asked_at` is a time before PortOne was asked."""
    if ours is None:
        yield from _missing_here(theirs)
        return
    if (status := _status(ours.payment, theirs, asked_at)) is not None:
        yield status
    if theirs.money_came and ours.payment.paid_at is not None:
        yield from _values(ours, theirs, asked_at)


def with_event(ours: Ours | None, event: ProviderEvent) -> Difference | None:
    """The difference shown by a movement of money, if any."""
    if ours is None or ours.payment.paid_at is None:
        message = "PortOne has a payment of this order that we did not record."
        before = ours.payment.status if ours else ""
        return Difference(Kind.MISSING_HERE, before, ProviderStatus.PAID, max(event.amount, 0), message)
    if event.amount >= 0 or event.cancellation_id in ours.cancellation_ids:
        return None
    cancelled = ours.payment.cancelled_amount
    return _cancelled(cancelled, cancelled - event.amount)


def agrees(kind: str, before: str, theirs: str, ours: Ours | None) -> bool:
    """Whether our row, whose value was `before`, now agrees with PortOne's value at the comparison."""
    if ours is None:
        return False
    payment = ours.payment
    if kind == Kind.CANCELLED_AMOUNT:
        behind = int(before) < int(theirs)
        return payment.cancelled_amount >= int(theirs) if behind else payment.cancelled_amount == int(theirs)
    if kind == Kind.AMOUNT:
        return payment.amount == int(theirs)
    if kind == Kind.METHOD:
        return payment.pay_method == theirs
    if theirs == ProviderStatus.PAID:
        return payment.paid_at is not None
    return kind == Kind.MISSING_HERE or (payment.paid_at is None and payment.status != SessionStatus.AWAITING_DEPOSIT)


def _missing_here(theirs: ProviderPayment) -> Iterator[Difference]:
    """Attempts without a payment or virtual account have no row here, so they are not missing."""
    if theirs.money_came:
        message = "PortOne has a payment of this order that we did not record."
        left = theirs.amount - theirs.cancelled_amount
        yield Difference(Kind.MISSING_HERE, "", ProviderStatus.PAID, left, message)
    elif theirs.awaits_deposit:
        message = "A virtual account was issued for this order, and we did not record it."
        yield Difference(Kind.MISSING_HERE, "", ProviderStatus.READY, 0, message)


def _status(ours: Payment, theirs: ProviderPayment, asked_at: datetime) -> Difference | None:
    if theirs.money_came and ours.paid_at is None:
        return Difference(
            Kind.STATUS, ours.status, ProviderStatus.PAID, theirs.amount, "It was paid, and we did not record it."
        )
    if ours.paid_at is not None and not theirs.money_came and ours.paid_at < asked_at:
        message = "We recorded a payment, and PortOne reports none. Look it up in PortOne's console."
        return Difference(Kind.STATUS, ours.status, theirs.status, ours.remaining, message)
    over = theirs.status in (ProviderStatus.FAILED, ProviderStatus.CANCELLED) and not theirs.money_came
    if over and ours.status == SessionStatus.AWAITING_DEPOSIT:
        return Difference(Kind.STATUS, ours.status, ProviderStatus.FAILED, 0, "The virtual account is closed.")
    return None


def _values(ours: Ours, theirs: ProviderPayment, asked_at: datetime) -> Iterator[Difference]:
    row = ours.payment
    if row.amount != theirs.amount:
        message = "PortOne charged another amount than we recorded. Look it up in PortOne's console."
        yield Difference(Kind.AMOUNT, str(row.amount), str(theirs.amount), abs(row.amount - theirs.amount), message)
    ahead = row.cancelled_amount > theirs.cancelled_amount and (ours.cancelled_at or asked_at) >= asked_at
    if row.cancelled_amount != theirs.cancelled_amount and not ahead:
        yield _cancelled(row.cancelled_amount, theirs.cancelled_amount)
    if theirs.pay_method and row.pay_method and row.pay_method != theirs.pay_method[:50]:
        message = "PortOne reports another payment method than before. Nothing has to be done."
        yield Difference(Kind.METHOD, row.pay_method, theirs.pay_method[:50], 0, message)


def _cancelled(ours: int, theirs: int) -> Difference:
    message = (
        "PortOne refunded more than we recorded."
        if theirs > ours
        else "We recorded more refunds than PortOne. Look it up in PortOne's console."
    )
    return Difference(Kind.CANCELLED_AMOUNT, str(ours), str(theirs), abs(ours - theirs), message)
