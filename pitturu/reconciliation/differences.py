"""Where PortOne's books and ours differ about one payment, and whether they still do.

Answers grow old while they are read: a payment of ours may be fresher than the list that it is compared with. So what
counts is whether ours is *behind*; that it is ahead counts only when nothing of ours is younger than the question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.provider import ProviderEvent, ProviderPayment, ProviderStatus
from pitturu.store.history import Payment
from pitturu.store.reconciliations import Kind


@dataclass(frozen=True)
class Difference:
    """One of them: both values as text, the won at stake, and what it means for whoever reads the report."""

    kind: Kind
    ours: str
    theirs: str
    amount: int
    words: str


@dataclass(frozen=True)
class Ours:
    """Our row of a payment, and when the last cancel of it was written down."""

    payment: Payment
    cancelled_at: datetime | None


def between(ours: Ours | None, theirs: ProviderPayment, asked_at: datetime) -> Iterator[Difference]:
    """Every difference. `asked_at` is before PortOne was asked."""
    if ours is None:
        yield from _missing_here(theirs)
        return
    if (status := _status(ours.payment, theirs, asked_at)) is not None:
        yield status
    if theirs.money_came and ours.payment.paid_at is not None:
        yield from _values(ours, theirs, asked_at)


def with_event(ours: Ours | None, event: ProviderEvent, known_cancels: set[str]) -> Difference | None:
    """What a movement of money says that we do not know. `known_cancels` are PortOne's names of those that we know."""
    if ours is None or ours.payment.paid_at is None:
        words = "PortOne took money for this order, and we do not know of it."
        before = ours.payment.status if ours else ""
        return Difference(Kind.MISSING_HERE, before, ProviderStatus.PAID, max(event.amount, 0), words)
    if event.amount >= 0 or event.cancellation_id in known_cancels:
        return None
    cancelled = ours.payment.cancelled_amount
    return _cancelled(cancelled, cancelled - event.amount)


def agrees(kind: str, before: str, theirs: str, payment: Payment | None) -> bool:
    """Whether our row, whose value was `before`, has caught up with what PortOne said when the two were compared."""
    if payment is None:
        return False
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
    """A window that came to nothing is not worth a row, so we need not know of it."""
    if theirs.money_came:
        words = "PortOne took money for this order, and we do not know of it."
        left = theirs.amount - theirs.cancelled_amount
        yield Difference(Kind.MISSING_HERE, "", ProviderStatus.PAID, left, words)
    elif theirs.awaits_deposit:
        words = "A virtual account was issued for this order, and we do not know of it."
        yield Difference(Kind.MISSING_HERE, "", ProviderStatus.READY, 0, words)


def _status(ours: Payment, theirs: ProviderPayment, asked_at: datetime) -> Difference | None:
    if theirs.money_came and ours.paid_at is None:
        return Difference(
            Kind.STATUS, ours.status, ProviderStatus.PAID, theirs.amount, "The money came, and we do not know of it."
        )
    if ours.paid_at is not None and not theirs.money_came and ours.paid_at < asked_at:
        words = "We have money of this payment, and PortOne says that none came. Look it up in its console."
        return Difference(Kind.STATUS, ours.status, theirs.status, ours.remaining, words)
    over = theirs.status in (ProviderStatus.FAILED, ProviderStatus.CANCELLED) and not theirs.money_came
    if over and ours.status == SessionStatus.AWAITING_DEPOSIT:
        return Difference(Kind.STATUS, ours.status, ProviderStatus.FAILED, 0, "The virtual account is closed.")
    return None


def _values(ours: Ours, theirs: ProviderPayment, asked_at: datetime) -> Iterator[Difference]:
    row = ours.payment
    if row.amount != theirs.amount:
        words = "Another amount was charged than we noted. Look it up in PortOne's console."
        yield Difference(Kind.AMOUNT, str(row.amount), str(theirs.amount), abs(row.amount - theirs.amount), words)
    ahead = row.cancelled_amount > theirs.cancelled_amount and (ours.cancelled_at or asked_at) >= asked_at
    if row.cancelled_amount != theirs.cancelled_amount and not ahead:
        yield _cancelled(row.cancelled_amount, theirs.cancelled_amount)
    if theirs.pay_method and row.pay_method and row.pay_method != theirs.pay_method[:50]:
        words = "PortOne names another way to pay than when the money came. Nothing has to be done."
        yield Difference(Kind.METHOD, row.pay_method, theirs.pay_method[:50], 0, words)


def _cancelled(ours: int, theirs: int) -> Difference:
    words = (
        "More went back than we know of."
        if theirs > ours
        else "We say that more went back than PortOne does. Look it up in its console."
    )
    return Difference(Kind.CANCELLED_AMOUNT, str(ours), str(theirs), abs(ours - theirs), words)
