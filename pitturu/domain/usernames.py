"""Reserved usernames, which records use for parts of the system and for PortOne."""

from typing import Final

RESERVED: Final = frozenset({"operator", "portone", "schedule", "shop", "system", "terminal"})
"""A record that names one of these as its author was not written by a user."""


def is_reserved(username: str) -> bool:
    """Whether this username is reserved, regardless of case and surrounding spaces."""
    return username.strip().casefold() in RESERVED
