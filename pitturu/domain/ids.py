"""Public ids: unguessable, and matching `[A-Za-z0-9]{1,40}` so that every PG accepts them."""

import re
import secrets
from hashlib import blake2b
from typing import Final

ORDER_ID: Final = re.compile(r"[A-Za-z0-9]{1,40}")
PROVIDER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""`imp_uid` is `imp_` or `imps_` and 12 digits at present; any id of that character set is accepted."""

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: an operator can read an id aloud without confusing i, l, o and u with other characters."""


def new(prefix: str) -> str:
    """`prefix` and 26 random characters (130 bits, read from the system in one call)."""
    bits = secrets.randbits(130)
    return prefix + "".join(_ALPHABET[bits >> place & 31] for place in range(0, 130, 5))


def merchant_uid() -> str:
    """A new order number for PortOne, which is never reused."""
    return new("ord")


def session_id() -> str:
    """A new public id of one checkout, for the buyer's browser."""
    return new("ses")


def payment_id() -> str:
    """A new public id of one payment that PortOne reported."""
    return new("pay")


def customer_id(username: str) -> str:
    """The same 20 characters for a user every time: what a PG recognises its customer by, without the user's name.

    Twenty is the limit of Galaxia Moneytree.
    """
    return blake2b(username.encode(), digest_size=10).hexdigest()
