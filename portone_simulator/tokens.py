"""Access tokens: all clients share one while it lives."""

import secrets
from dataclasses import dataclass
from typing import Final

LIFETIME: Final = 1800
"""Lifetime of a new token in seconds."""
LAST_MINUTE: Final = 60
"""Seconds before expiry within which a request extends the token instead of repeating it."""
EXTENSION: Final = 300
"""Seconds by which it is then extended."""


@dataclass(frozen=True)
class Token:
    """The response of `POST /users/getToken`."""

    access_token: str
    now: int
    expired_at: int


class Tokens:
    """The single live token of the account."""

    def __init__(self) -> None:
        self._value = ""
        self._expired_at = 0

    def ask(self, now: int) -> Token:
        """The live token, extended in its last minute, or a new one."""
        left = self._expired_at - now
        if left <= 0:
            self._value, self._expired_at = secrets.token_hex(20), now + LIFETIME
        elif left <= LAST_MINUTE:
            self._expired_at += EXTENSION
        return Token(self._value, now, self._expired_at)

    def admits(self, presented: str, now: int) -> bool:
        """Whether this is the live token."""
        return now < self._expired_at and secrets.compare_digest(presented.encode(), self._value.encode())

    def revoke(self) -> None:
        """Expire the live token at once."""
        self._expired_at = 0
