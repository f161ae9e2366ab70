"""Tokens that another system signs for its own users. The algorithm is pinned to the kind of key configured."""

import threading
from datetime import timedelta
from typing import Any, Final

import jwt
from jwt import ExpiredSignatureError, PyJWKClient, PyJWKClientConnectionError, PyJWTError

from pitturu.api import tokens
from pitturu.api.problems import Unavailable
from pitturu.config.settings import Settings
from pitturu.cooldown import Cooldown
from pitturu.domain import usernames
from pitturu.domain.errors import NotAllowed

PATIENCE: Final = timedelta(seconds=2)
"""For the issuer's list of keys: a request waits for it, so it is short."""

REST: Final = timedelta(seconds=5)
"""After a failure the issuer is left alone for this long, or every request would wait for it in turn."""

LONGEST_NAME: Final = 200
"""Characters of an outside identity; with the prefix it must fit a column of 255."""


class ExternalIssuer:
    """Reads tokens of the issuer that the settings name. Thread-safe. Keys are fetched when needed, kept 5 min."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock, self._cooldown = threading.Lock(), Cooldown(REST)
        url = settings.external_jwt_jwks_url
        self._keys = PyJWKClient(url, timeout=PATIENCE.total_seconds(), lifespan=300) if url else None

    def signs(self, token: str) -> bool:
        """Whether this token says that it comes from there. It is not believed yet."""
        if not self._settings.external_jwt_issuer:
            return False
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except (PyJWTError, ValueError):
            return False
        return bool(claims.get("iss") == self._settings.external_jwt_issuer)

    def read(self, token: str) -> tuple[str, float]:
        """Our name for the user, and when the token ends (unix seconds).

        Raises NotAuthenticated, NotAllowed for a name of the system's own, and Unavailable when the keys cannot be
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
            detail = "The user's name in this token stands for a part of the system here. Its issuer has to change it."
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
