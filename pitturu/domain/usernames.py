"""Names that no user may have, because records use them for the system's own parts and for PortOne."""

from typing import Final

RESERVED: Final = frozenset({"operator", "portone", "schedule", "shop", "system", "terminal"})
"""A record that names one of these as its author was not written by a user."""


def is_reserved(username: str) -> bool:
    """Whether a user of this name would be taken for a part of the system, however it is spelled."""
    return username.strip().casefold() in RESERVED
