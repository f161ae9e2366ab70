"""Client tokens: what the shop's server gives to a browser so that it can pay one session, and do nothing else.

A JWT of ours of its own type, so that no process takes one for a user's access token. It cannot be revoked, and expires
after CLIENT_TOKEN_TTL.
"""

from dataclasses import dataclass
from typing import Any, Final

import jwt

from pitturu.api import tokens
from pitturu.config.checks import OUR_ISSUER
from pitturu.domain import clock
from pitturu.services import services

TYPE: Final = "client"


@dataclass(frozen=True)
class ClientToken:
    """The user whose session it is, the session, and when the token expires (unix seconds)."""

    username: str
    session_id: str
    expires: float


def issue(username: str, session_id: str) -> dict[str, Any]:
    """A token for this session of this user, as ClientTokenSchema has it."""
    settings = services().settings
    expires_at = clock.now() + settings.client_token_ttl
    claims = {
        "iss": OUR_ISSUER,
        "sub": username,
        "type": TYPE,
        "session_id": session_id,
        "exp": int(expires_at.timestamp()),
    }
    headers = {"kid": tokens.key_id(settings.jwt_secret_key)}
    text = jwt.encode(claims, settings.jwt_secret_key, algorithm=tokens.ALGORITHM, headers=headers)
    return {"client_token": text, "token_type": "Bearer", "session_id": session_id, "expires_at": expires_at}


def read(claims: dict[str, Any]) -> ClientToken:
    """The claims of a verified token of this type. Raises NotAuthenticated."""
    session_id = claims.get("session_id")
    if not isinstance(session_id, str) or not session_id:
        raise tokens.invalid()
    return ClientToken(claims["sub"], session_id, claims["exp"])
