"""Names that users cannot choose: those of parts of the system, and prefixes of guests and of the shop's API keys."""

from typing import Final

RESERVED: Final = frozenset({"operator", "portone", "schedule", "shop", "system", "terminal"})
"""A record that names one of these as its author was not written by a user."""

GUEST: Final = "guest:"
"""Prefix of users for whom the shop's server buys, and who never log in."""

KEY: Final = "key:"
"""Prefix of an API key in records, before its name. No user is called like that."""

PREFIXES: Final = (GUEST, KEY, "cli:")


def is_reserved(username: str) -> bool:
    """Whether this username, or its prefix, is reserved, regardless of case and surrounding spaces."""
    name = username.strip().casefold()
    return name in RESERVED or name.startswith(PREFIXES)


def is_guest(username: str) -> bool:
    """Whether this is a guest of the shop."""
    return username.startswith(GUEST)


def is_key(username: str) -> bool:
    """Whether this is the name of an API key in records, and not of a user."""
    return username.startswith(KEY)
