"""Whether money that arrived is kept, and the kind of payments that this installation takes."""

from enum import StrEnum


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
