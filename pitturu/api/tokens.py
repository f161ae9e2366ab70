"""Our own JWTs: a short-lived access token, checked without a database query, and a refresh token used once.

They are made by flask-jwt-extended and checked by PyJWT, because `decode_token` parses a token three times: an eighth
of the processor time that a web process spends on a new visitor's session.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import jwt
from flask_jwt_extended import create_access_token, create_refresh_token
from jwt import ExpiredSignatureError, PyJWTError
from jwt.types import Options

from pitturu.config.checks import OUR_ISSUER
from pitturu.domain import clock
from pitturu.domain.errors import NotAuthenticated
from pitturu.domain.roles import Role
from pitturu.services import services
from pitturu.store import logins, users
from pitturu.store.logins import Client, Login
from pitturu.store.unit_of_work import UnitOfWork
from pitturu.store.users import User

ALGORITHM: Final = "HS256"

FORMER_ROLES: Final = {"operator": Role.ADMIN}
"""Roles in access tokens of the release before, which expire within minutes."""

_CHECKED: Final[Options] = {"require": ["exp", "sub"], "verify_aud": False}


@dataclass(frozen=True)
class Refresh:
    """The claims of a refresh token. All tokens derived from one login are one family."""

    jti: UUID
    family: UUID
    username: str


def key_id(key: str) -> str:
    """The `kid` of a signing key: which one it is, and nothing about what it is."""
    return sha256(b"pitturu jwt " + key.encode()).hexdigest()[:16]


def _verifying_key(token: str) -> str:
    """The key that a token of ours must be signed with: the present one, or the one before if the token names that."""
    settings = services().settings
    old = settings.jwt_old_secret_key
    # The header is read only while there are two keys: PyJWT parses the whole token for it.
    named = jwt.get_unverified_header(token).get("kid") if old else None
    return old if old and named == key_id(old) else settings.jwt_secret_key


def begin_login(work: UnitOfWork, user: User, client: Client, *, second_factor: bool) -> Login:
    """A new login of this user, whose password and, if there is one, second factor were verified."""
    now = clock.now()
    times = {"created_at": now, "last_used_at": now, "expires_at": now + services().settings.refresh_token_ttl}
    login = Login(id=uuid4(), username=user.username, second_factor=second_factor, **times, **client._asdict())
    logins.add(work, login)
    return login


def continue_login(work: UnitOfWork, token: Refresh, client: Client) -> tuple[User, Login] | None:
    """The user and the login of this refresh token, which is used by this; None when it was used or revoked before.

    Then the login ends: one of two who use the same token is a thief, and nobody knows which.
    """
    login = logins.use(work, token.family, client, clock.now() + services().settings.refresh_token_ttl)
    user = users.by_username(token.username) if login and users.use_token(work, token.jti) else None
    if user is None or login is None:
        logins.end(work, token.family)
        return None
    return user, login


def issue(work: UnitOfWork, user: User, login: Login) -> dict[str, Any]:
    """A pair of tokens; the id of the refresh token is stored so that it can be used only once."""
    settings = services().settings
    jti, family = uuid4(), str(login.id)
    users.add_token(work, jti, login.id, user.username, login.expires_at)
    claims = {"role": user.role, "family": family, "second_factor": login.second_factor}
    ids = {"jti": str(jti), "family": family}
    named = {"kid": key_id(settings.jwt_secret_key)}
    return {
        "access_token": create_access_token(user.username, additional_claims=claims, additional_headers=named),
        "refresh_token": create_refresh_token(user.username, additional_claims=ids, additional_headers=named),
        "token_type": "Bearer",
        "expires_in": int(settings.access_token_ttl.total_seconds()),
        "refresh_expires_in": int(settings.refresh_token_ttl.total_seconds()),
    }


@dataclass(frozen=True)
class Access:
    """The claims of an access token. `expires` is in unix seconds; `family` is None in tokens of before it existed.

    `second_factor` says whether the login had passed one when the token was issued.
    """

    username: str
    role: Role
    family: UUID | None
    second_factor: bool
    expires: float


def read_access(claims: dict[str, Any]) -> Access:
    """The verified claims of an access token, as they were when it was issued. Raises NotAuthenticated."""
    if claims["type"] != "access":
        raise invalid()
    try:
        family = UUID(claims["family"]) if "family" in claims else None
    except (ValueError, TypeError, AttributeError) as error:
        raise invalid() from error
    passed = claims.get("second_factor") is True
    return Access(claims["sub"], _role(claims.get("role")), family, passed, claims["exp"])


def _role(claim: object) -> Role:
    """The role that a token names; a buyer's for one that this release does not know."""
    try:
        return FORMER_ROLES.get(str(claim)) or Role(str(claim))
    except ValueError:
        return Role.BUYER


def read_refresh(token: str) -> Refresh:
    """The claims of a refresh token; whether it was used is known to the database only. Raises NotAuthenticated."""
    claims = verified(token)
    if claims["type"] != "refresh":
        raise invalid()
    return Refresh(UUID(claims["jti"]), UUID(claims["family"]), claims["sub"])


def verified(token: str) -> dict[str, Any]:
    """The claims of a token of ours; `type` says of which kind. Raises NotAuthenticated."""
    try:
        claims = jwt.decode(token, _verifying_key(token), algorithms=[ALGORITHM], issuer=OUR_ISSUER, options=_CHECKED)
    except ExpiredSignatureError as error:
        raise expired() from error
    except (PyJWTError, ValueError) as error:
        raise invalid() from error
    return {"type": "access", **claims}


def expired() -> NotAuthenticated:
    """The error for an expired token."""
    return NotAuthenticated(
        "token_expired",
        "This token has expired. Get a new one: POST /api/v1/auth/refresh, or log in. A client token comes from the"
        " shop's server.",
    )


def invalid() -> NotAuthenticated:
    """The error for a token that no trusted issuer signed."""
    return NotAuthenticated("token_invalid", "This token is not valid. Log in again: POST /api/v1/auth/login.")
