"""Passwords are stored as argon2id hashes. The duration of a check does not reveal whether the user exists."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's smaller setting: 19 MiB per check, so that a burst of logins cannot exhaust a small machine's memory."""


def hashed(password: str) -> str:
    """For the `password_hash` column."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password matches. Without a hash (unknown or external user) it takes as long."""
    try:
        return HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than the current ones."""
    return HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    return hashed("a password that nobody has")
