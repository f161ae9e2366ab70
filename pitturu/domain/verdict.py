"""Compares an order with the payment that PortOne reports."""

from dataclasses import dataclass
from enum import StrEnum

from pitturu.domain.provider import ProviderPayment


class Verdict(StrEnum):
    """Why a payment was kept, or why its money goes back.

    LATE is a correct payment that cannot be kept: paid after the deadline, sold out meanwhile, or refunded already.
    """

    ACCEPTED = "accepted"
    AMOUNT_DIFFERS = "amount_differs"
    CURRENCY_DIFFERS = "currency_differs"
    ORDER_DIFFERS = "order_differs"
    CHANNEL_DIFFERS = "channel_differs"
    DUPLICATE = "duplicate"
    LATE = "late"


MISMATCHES = frozenset(
    {Verdict.AMOUNT_DIFFERS, Verdict.CURRENCY_DIFFERS, Verdict.ORDER_DIFFERS, Verdict.CHANNEL_DIFFERS}
)


class Environment(StrEnum):
    """Whether this installation takes real payments or test payments. The other kind is never accepted."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True)
class Expectation:
    """The payment that the session requires."""

    order_id: str
    amount: int
    currency: str
    environment: Environment


def compare(expected: Expectation, paid: ProviderPayment) -> Verdict:
    """ACCEPTED, or the first difference."""
    if paid.order_id != expected.order_id:
        return Verdict.ORDER_DIFFERS
    if paid.sandbox != (expected.environment is Environment.TEST):
        return Verdict.CHANNEL_DIFFERS
    if paid.currency != expected.currency:
        return Verdict.CURRENCY_DIFFERS
    if paid.amount != expected.amount:
        return Verdict.AMOUNT_DIFFERS
    return Verdict.ACCEPTED
