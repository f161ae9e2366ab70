"""Passwords are stored as argon2id hashes. The duration of a check does not reveal whether the user exists."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pitturu.domain.errors import Unprocessable

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's smaller setting: 19 MiB per check, so that a burst of logins cannot exhaust a small machine's memory."""


LEAST_SCORE: Final = 2
"""Of zxcvbn's 0 to 4. Below it a million guesses find the password, which includes every list of common ones."""


LONGEST_JUDGED: Final = 16
"""Characters. For 72 that are chosen well zxcvbn takes seconds, for 16 less than the hash itself."""


def is_guessable(password: str, username: str) -> bool:
    """Whether the password is common, made of a common one, of the user's name, of a keyboard's row or a date."""
    # Imported on the first registration: its lists take a while to load.
    from zxcvbn import zxcvbn

    score: int = _in_a_thread(zxcvbn, password[:LONGEST_JUDGED], [username])["score"]
    return score < LEAST_SCORE


def refuse_guessable(field: str, password: str, username: str) -> None:
    """Raises Unprocessable for a new password, in this field of the body, that is easily guessed."""
    if is_guessable(password, username):
        complaint = "This password is easily guessed. Choose several unrelated words, or have one generated."
        raise Unprocessable("password_guessable", complaint, {field: [complaint]})


def hashed(password: str) -> str:
    """For the `password_hash` column."""
    return str(_in_a_thread(HASHER.hash, password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password matches. Without a hash (unknown or external user) it takes as long."""
    right: bool = _in_a_thread(_verified, password_hash or _nobody(), password)
    return right and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than the current ones."""
    return HASHER.check_needs_rehash(password_hash)


def _verified(password_hash: str, password: str) -> bool:
    """Caught here, in the thread: gevent prints the traceback of every exception that leaves one."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hashed("a password that nobody has")


def _in_a_thread(compute: Callable[..., Any], *values: object) -> Any:
    """Call a function that computes for long. In the web every request is a greenlet of one thread, and all would wait
    for it."""
    # Imported when a password is handled, after the web has patched the standard library.
    from gevent import get_hub, monkey  # type: ignore[import-untyped]

    return get_hub().threadpool.apply(compute, values) if monkey.is_module_patched("threading") else compute(*values)
