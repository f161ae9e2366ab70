"""Access tokens signed by another system for its own users. The key configured determines the accepted algorithm."""

import threading
from datetime import timedelta
from typing import Any, Final

import jwt
from jwt import ExpiredSignatureError, PyJWKClient, PyJWKClientConnectionError, PyJWTError

from pitturu import certificates
from pitturu.api import tokens
from pitturu.api.problems import Unavailable
from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain import usernames
from pitturu.domain.errors import NotAllowed

PATIENCE: Final = timedelta(seconds=2)
"""Seconds to fetch the issuer's keys: a request waits for it, so it is short."""

REST: Final = timedelta(seconds=5)
"""No new attempt is made for this long after a failure, or every request would wait for the issuer."""

LONGEST_NAME: Final = 200
"""Maximum length of an external user name; with the prefix it must fit into a column of 255."""


class ExternalIssuer:
    """Reads tokens of the configured issuer. Thread-safe. Keys are fetched when needed and cached for 5 minutes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock, self._cooldown = threading.Lock(), Cooldown(REST)
        url = settings.external_jwt_jwks_url
        self._keys = (
            PyJWKClient(url, timeout=PATIENCE.total_seconds(), lifespan=300, ssl_context=certificates.context())
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

    def read(self, token: str) -> tuple[str, float]:
        """The local name of the user, and when the token expires (unix seconds).

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
        except (PyJWTError, ValueError) as error:
            raise tokens.invalid() from error
        name = settings.external_jwt_prefix + _bounded(claims.get(settings.external_jwt_identity_claim))
        if usernames.is_reserved(name):
            detail = "The user name in this token is reserved for the system here. Ask the token's issuer to change it."
            raise NotAllowed("username_reserved", detail)
        return name, float(claims["exp"])

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


def _bounded(identity: Any) -> str:
    if not isinstance(identity, str) or not 1 <= len(identity) <= LONGEST_NAME or not identity.isprintable():
        raise tokens.invalid()
    return identity


def _away() -> Unavailable:
    return Unavailable("issuer_away", "The keys of your token's issuer cannot be fetched. Repeat in a few seconds.")
