"""API keys of the shop's servers: made once and shown once, checked for every request, ended at once.

A key is `sk_live_pit` or `sk_test_pit`, 32 random characters (190 bits) and 6 that are a checksum of all before, so
that scanners of source code recognise one without asking anybody. The database has its SHA-256 only: what is random
needs no slow hash, and whoever reads the database cannot use one.
"""

import re
import secrets
from binascii import crc32
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from pitturu.domain import clock, usernames
from pitturu.domain.errors import Conflict, NotAuthenticated, NotFound, Unprocessable
from pitturu.domain.roles import Permission
from pitturu.domain.scopes import Scope, permissions_of
from pitturu.domain.verdict import Environment
from pitturu.store import api_keys, users
from pitturu.store.api_keys import ApiKey
from pitturu.store.unit_of_work import UnitOfWork

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KIND: Final = "api_key"
BEGINNING: Final = "sk_"
MOST: Final = 100
"""Keys that have not ended: a shop has a few systems, and two keys of each while one replaces the other."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM, _CHECKSUM, _SHOWN = 32, 6, 15
_FORM: Final = re.compile(rf"sk_(live|test)_pit[0-9A-Za-z]{{{_RANDOM + _CHECKSUM}}}")


@dataclass(frozen=True)
class KeyAccess:
    """A valid key: who acts with it in records, and what it may do."""

    name: str
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """Its name in timelines, logs and rate limits, which is no user's."""
        return usernames.KEY + self.name

    @property
    def permissions(self) -> frozenset[Permission]:
        """What its scopes mean where users need permissions."""
        return permissions_of(self.scopes)


def create(
    work: UnitOfWork,
    name: str,
    scopes: Collection[Scope],
    environment: Environment,
    expires_at: datetime | None,
    username: str | None,
) -> tuple[ApiKey, str]:
    """A new key, and its text, which is never shown again. `username` is who makes it, None at a terminal.

    Raises Conflict (the name was used before; too many keys), Unprocessable (the name; an end that has passed).
    """
    if not NAME.fullmatch(name):
        complaint = "A name has 1 to 40 small letters, digits and hyphens, like order-server."
        raise Unprocessable("bad_api_key_name", complaint, {"name": [complaint]})
    if expires_at is not None and expires_at <= clock.now():
        complaint = "This time has passed. Choose a later one, or leave it out."
        raise Unprocessable("expires_in_the_past", complaint, {"expires_at": [complaint]})
    if api_keys.count() >= MOST:
        raise Conflict("too_many_api_keys", f"There are {MOST} keys that have not ended. End one that is not used.")
    text = new_text(environment)
    row = api_keys.add(
        work,
        name=name,
        shown=text[:_SHOWN],
        hash=_digest(text),
        scopes=sorted(set(scopes)),
        environment=environment,
        expires_at=expires_at,
        user_key=None if username is None else users.key_of(username),
    )
    if row is None:
        message = "A key of this name exists or existed. Records refer to keys by name, so choose another one."
        raise Conflict("api_key_name_taken", message, {"name": [message]})
    return row, text


def end(work: UnitOfWork, name: str) -> ApiKey:
    """End a key: the next request with it is refused. Idempotent. Raises NotFound."""
    row = api_keys.lock(work, name)
    if row is None:
        raise NotFound("api_key_not_found", "There is no key of this name. GET /api/v1/api-keys lists all.")
    row.ended_at = row.ended_at or clock.now()
    return row


def check(text: str, environment: Environment) -> KeyAccess:
    """Whose key this is. Every check asks the database, so a key that was ended is refused from then on.

    What is not even the form of a key is refused without a query. Raises NotAuthenticated.
    """
    found = api_keys.by_hash(_digest(text)) if is_wellformed(text) else None
    if found is None:
        raise NotAuthenticated("api_key_unknown", "There is no such API key. Compare it with what was shown once.")
    if found.ended_at is not None:
        raise NotAuthenticated("api_key_ended", "This API key was ended. Use the one that replaces it.")
    if found.expires_at is not None and found.expires_at <= clock.now():
        raise NotAuthenticated("api_key_expired", "This API key has expired. Have an admin make a new one.")
    if found.environment != environment:
        other = f"This is a {found.environment} key, and this installation takes {environment} payments"
        raise NotAuthenticated("api_key_of_other_environment", f"{other}. Use a key that was made here.")
    api_keys.note_use(found)
    return KeyAccess(found.name, frozenset(Scope(one) for one in found.scopes if one in _SCOPES))


_SCOPES: Final = frozenset(Scope)
"""A scope of a later release, to which somebody returned from, gives nothing here."""


def new_text(environment: Environment) -> str:
    """A new key."""
    body = f"sk_{environment}_pit" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _checksum(body)


def is_wellformed(text: str) -> bool:
    """Whether a text has the form of a key, with its checksum."""
    return bool(_FORM.fullmatch(text)) and text[-_CHECKSUM:] == _checksum(text[:-_CHECKSUM])


def _checksum(body: str) -> str:
    """CRC-32 in base 62, six characters."""
    number, letters = crc32(body.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def describe(row: Any) -> str:
    """What a key may do and until when, for people."""
    until = f", until {row.expires_at:%Y-%m-%d %H:%M}Z" if row.expires_at else ""
    return f"{', '.join(row.scopes)}{until}"
