"""Access tokens signed by another system for its own users. The key configured determines the accepted algorithm."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt
from jwt import ExpiredSignatureError, PyJWKClient, PyJWKClientConnectionError, PyJWTError

from pitturu import certificates
from pitturu.api import tokens
from pitturu.api.problems import Unavailable
from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain import roles, usernames
from pitturu.domain.errors import NotAllowed
from pitturu.domain.roles import Role

TIMEOUT: Final = timedelta(seconds=2)
"""Seconds to fetch the issuer's keys: a request waits for it, so it is short."""

REST: Final = timedelta(seconds=5)
"""No new attempt is made for this long after a failure, or every request would wait for the issuer."""

LONGEST_NAME: Final = 200
"""Maximum length of an external user name; with the prefix it must fit into a column of 255."""


@dataclass(frozen=True)
class ExternalUser:
    """Whom a token identifies, and when it expires (unix seconds).

    `long_lived`: the token names a role, but is valid for longer than EXTERNAL_JWT_ROLE_LIFETIME, so the user has none.
    """

    username: str
    role: Role
    expires: float
    long_lived: bool = False


class ExternalIssuer:
    """Reads tokens of the configured issuer. Thread-safe. Keys are fetched when needed and cached for 5 minutes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock, self._cooldown = threading.Lock(), Cooldown(REST)
        url = settings.external_jwt_jwks_url
        self._keys = (
            PyJWKClient(url, timeout=TIMEOUT.total_seconds(), lifespan=300, ssl_context=certificates.context())
            if url
            else None
        )

    def signs(self, token: str) -> bool:
        """Whether the token names this issuer. Its signature is not verified yet."""
        if not self._settings.external_jwt_issuer:
            return False
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except (PyJWTError, ValueError):
            return False
        return bool(claims.get("iss") == self._settings.external_jwt_issuer)

    def read(self, token: str) -> ExternalUser:
        """The user, with the local name.

        Raises NotAuthenticated, NotAllowed for a name reserved for the system, and Unavailable when the keys cannot be
        fetched.
        """
        settings = self._settings
        try:
            claims = jwt.decode(
                token,
                self._key(token),
                algorithms=["RS256" if self._keys else "HS256"],
                issuer=settings.external_jwt_issuer,
                audience=settings.external_jwt_audience or None,
                options={"require": ["exp"], "verify_aud": bool(settings.external_jwt_audience)},
            )
        except ExpiredSignatureError as error:
            raise tokens.expired() from error
        except (PyJWTError, ValueError, TypeError) as error:
            raise tokens.invalid() from error
        name = settings.external_jwt_prefix + _bounded(claims.get(settings.external_jwt_identity_claim))
        if usernames.is_reserved(name):
            detail = "The user name in this token is reserved for the system here. Ask the token's issuer to change it."
            raise NotAllowed("username_reserved", detail)
        role, expires = self._role(claims), float(claims["exp"])
        # A token without `iat` has no known lifetime.
        lifetime = expires - float(claims.get("iat", "-inf"))
        if role is Role.BUYER or lifetime <= settings.external_jwt_role_lifetime.total_seconds():
            return ExternalUser(name, role, expires)
        return ExternalUser(name, Role.BUYER, expires, long_lived=True)

    def _role(self, claims: Mapping[str, Any]) -> Role:
        """The highest role of ours that the configured claim names; a buyer's without such a claim."""
        said = _claim(claims, self._settings.external_jwt_role_claim)
        values = said if isinstance(said, list) else [said]
        ours = {theirs: Role(role) for theirs, role in self._settings.external_jwt_roles}
        return roles.highest(ours[value] for value in values if isinstance(value, str) and value in ours)

    def _key(self, token: str) -> Any:
        if self._keys is None:
            return self._settings.external_jwt_secret
        with self._lock:
            if self._cooldown.active:
                raise _away()
            try:
                return self._keys.get_signing_key_from_jwt(token)
            except (PyJWKClientConnectionError, OSError) as error:
                self._cooldown.start()
                raise _away() from error


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name, or at this path of names with dots between; None if there is none."""
    if not path:
        return None
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _bounded(identity: Any) -> str:
    if not isinstance(identity, str) or not 1 <= len(identity) <= LONGEST_NAME or not identity.isprintable():
        raise tokens.invalid()
    return identity


def _away() -> Unavailable:
    return Unavailable("issuer_away", "The keys of your token's issuer cannot be fetched. Repeat in a few seconds.")
