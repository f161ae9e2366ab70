"""Names that leave the house: unguessable, and inside `[A-Za-z0-9]{1,40}` so that every PG accepts them."""

import re
import secrets
from typing import Final

ORDER_ID: Final = re.compile(r"[A-Za-z0-9]{1,40}")
PROVIDER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""`imp_uid` is `imp_` or `imps_` and 12 digits today; anything of that character set may come tomorrow."""

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's 32 signs: an operator can read one aloud without mixing up i, l, o and u."""


def new(prefix: str) -> str:
    """`prefix` and 26 random signs (130 bits, asked of the system at once)."""
    bits = secrets.randbits(130)
    return prefix + "".join(_ALPHABET[bits >> place & 31] for place in range(0, 130, 5))


def merchant_uid() -> str:
    """A new order number for PortOne, unique for ever."""
    return new("ord")


def session_id() -> str:
    """A new name for one checkout, told to the buyer's browser."""
    return new("ses")


def payment_id() -> str:
    """A new name for one payment that PortOne reported."""
    return new("pay")
