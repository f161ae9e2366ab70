"""Amounts are whole numbers of Korean won."""

from typing import Final

CURRENCY: Final = "KRW"

MAX_AMOUNT: Final = 2_000_000_000
"""The largest amount of one session: it must fit the 32-bit columns that the shop's tools read."""

MAX_QUANTITY: Final = 1_000
"""More of one item in one payment is a typing mistake or an attack, not a purchase."""


class AmountOutOfRange(ValueError):
    """A total below 1 won or above MAX_AMOUNT."""


def won(value: object) -> int | None:
    """PortOne's JSON number as whole won; None for anything else (a fraction, a string, a negative number)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value < 0 or value != value or value in (float("inf"),) or int(value) != value:
        return None
    return int(value)
