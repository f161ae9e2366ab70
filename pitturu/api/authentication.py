"""Authentication of the request: the access token is checked once per request, and only when the caller is needed.

flask-jwt-extended's `verify_jwt_in_request` is not used: it verifies the same token again for each request, and knows
only one issuer (docs/decisions/0016-libraries-instead-of-our-own.md).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from threading import Lock
from typing import Any, Final, TypeVar
from uuid import UUID

from cachetools import TLRUCache, cached
from flask import request

from pitturu.api import tokens
from pitturu.api.contract import Blueprint
from pitturu.api.request_id import USER
from pitturu.domain.errors import NotAllowed, NotAuthenticated, Problem
from pitturu.services import services
from pitturu.store import users

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

CALLER: Final = "pitturu.caller"
"""Key of the result in the WSGI environment, so that it lives exactly as long as the request."""

BELIEVED_FOR: Final = timedelta(seconds=60)
"""For how long a verified token is not verified again, unless it expires earlier. A browser polls with one token many
times a minute; a key that its issuer withdraws is refused after this time at the latest."""

MOST_BELIEVED: Final = 10_000
"""Tokens cached by one process. When it is full, the least recently used one is dropped and verified again."""

SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}]


@dataclass(frozen=True)
class Caller:
    """`operator` may act on every user's payments. `outside` users have no row until they first write something.

    `login` is the family of tokens that came from one login, and `second_factor` says whether it passed one. `barred`
    says that the caller would be an operator in a login that did.
    """

    username: str
    operator: bool = False
    outside: bool = False
    login: UUID | None = None
    second_factor: bool = False
    barred: bool = False

    @property
    def role(self) -> str:
        """The name of the caller's role."""
        return "operator" if self.operator else "buyer"


def remembering_check() -> Callable[[str], tuple[Caller, float]]:
    """The check of access tokens, with a cache of its results. Refusals are not cached."""
    remembered: TLRUCache[bytes, tuple[Caller, float], float] = TLRUCache(MOST_BELIEVED, _until, time.time)
    return cached(remembered, _digest, Lock())(_check)


def current() -> Caller:
    """The caller. Raises NotAuthenticated, and Unavailable when an external issuer cannot be reached."""
    found: Caller | Problem | None = request.environ.get(CALLER)
    if found is None:
        found = request.environ[CALLER] = _find_out()
    if isinstance(found, Problem):
        raise found
    return found


def known() -> Caller | None:
    """The caller, None without a valid token."""
    try:
        return current()
    except Problem:
        return None


def signed_in(view: View) -> View:
    """Require a signed-in user: 401 is returned before anything else in the request is checked."""
    return _guarded(view, current)


def operators_only(view: View) -> View:
    """Require an operator of the shop: 401 without a valid token, 403 for every other user."""
    return _guarded(view, _require_operator)


def documented(view: Any, **doc: Any) -> Any:
    """Add these attributes to the operation of `view` in the OpenAPI document."""
    return Blueprint.doc(**doc)(view)


def _guarded(view: View, check: Callable[[], object]) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        check()
        return view(*args, **kwargs)

    guarded: View = documented(wrapper, security=SECURITY)
    return guarded


def _require_operator() -> None:
    caller = current()
    if caller.barred:
        way = "Log in with `code`. If you have no second factor yet: POST /api/v1/auth/totp, then /auth/totp/confirm."
        raise NotAllowed("second_factor_required", f"Operators need a second factor here. {way}")
    if not caller.operator:
        way = "`flask --app wsgi pitturu operator NAME` makes a user one; then log in anew."
        raise NotAllowed("operators_only", f"Only operators may do this. {way}")


def _find_out() -> Caller | Problem:
    """The caller or the refusal, stored for the rest of this request."""
    try:
        caller, _ = services().check_token(_bearer())
        if caller.operator:
            caller = _confirmed(caller)
    except Problem as problem:
        return problem
    request.environ[USER] = caller.username
    return caller


def _confirmed(caller: Caller) -> Caller:
    """An operator whose role and login are as in the token still: nothing that a token says is older than the request.

    A token cannot be revoked, and is valid for minutes in which a dismissed operator could refund any payment. Buyers
    are not looked up: their tokens reach nothing but what is theirs.
    """
    role = users.role_of_login(caller.username, caller.login) if caller.login else None
    if role is None:
        raise NotAuthenticated("login_ended", "This login has ended. Log in again: POST /api/v1/auth/login.")
    barred = role == "operator" and services().settings.second_factor_required and not caller.second_factor
    return replace(caller, operator=role == "operator" and not barred, barred=barred)


def _bearer() -> str:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        detail = "Log in with POST /api/v1/auth/login and send Authorization: Bearer and the access token."
        raise NotAuthenticated("not_authenticated", detail)
    return authorization.token


def _digest(token: str) -> bytes:
    """The cache key of a token: a hash, so that the process keeps no usable token in memory."""
    return blake2b(token.encode(), digest_size=16).digest()


def _until(_: bytes, checked: tuple[Caller, float], now: float) -> float:
    """The time from which this token has to be verified again."""
    return min(checked[1], now + BELIEVED_FOR.total_seconds())


def _check(token: str) -> tuple[Caller, float]:
    """Whom this token was issued to, and when it expires."""
    issuer = services().external_issuer
    if issuer.signs(token):
        username, ends = issuer.read(token)
        return Caller(username, outside=True), ends
    access = tokens.read_access(token)
    role, login, passed = access.role == "operator", access.family, access.second_factor
    return Caller(access.username, operator=role, login=login, second_factor=passed), access.expires
