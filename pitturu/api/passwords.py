"""Passwords are kept as argon2id hashes; how long a check takes tells nobody whether the user exists."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's smaller setting: 19 MiB a check, so that a burst of logins cannot eat the memory of a small machine."""


def hashed(password: str) -> str:
    """For the `password_hash` column."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the right one. Without a hash (no such user, or one of an outside issuer) it takes as long."""
    try:
        return HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    return hashed("a password that nobody has")
