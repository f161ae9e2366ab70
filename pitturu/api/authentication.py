"""Authentication of the request: the access token is checked once per request, and only when the caller is needed.

flask-jwt-extended's `verify_jwt_in_request` is not used: it verifies the same token again for each request, and knows
only one issuer (docs/decisions/0016-libraries-instead-of-our-own.md).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial, wraps
from hashlib import blake2b
from threading import Lock
from typing import Any, Final, TypeVar

from cachetools import TLRUCache, cached
from flask import request

from pitturu.accounts import api_keys
from pitturu.api import client_tokens, machine_access, operator_lines, tokens
from pitturu.api.caller import Caller
from pitturu.api.contract import Blueprint
from pitturu.api.problems import Unavailable
from pitturu.api.refusals import refuses
from pitturu.api.request_id import USER
from pitturu.domain import roles
from pitturu.domain.errors import NotAllowed, NotAuthenticated, Problem
from pitturu.domain.operator_actions import OperatorAction
from pitturu.domain.roles import Permission, Role
from pitturu.domain.scopes import BY_PERMISSION
from pitturu.services import services, web_services
from pitturu.store import logins, users
from pitturu.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

CALLER: Final = "pitturu.caller"
"""Key of the result in the WSGI environment, so that it lives exactly as long as the request."""

BELIEVED_FOR: Final = timedelta(seconds=60)
"""For how long a verified token is not verified again, unless it expires earlier. A browser polls with one token many
times a minute; a key that its issuer withdraws is refused after this time at the latest. Tokens of operators are
verified for every request."""

MOST_BELIEVED: Final = 10_000
"""Tokens cached by one process. When it is full, the least recently used one is dropped and verified again."""

OPERATOR_ACCESS: Final = "operator_access"
"""Attribute of the view of an operators' endpoint: the permission that it requires, and the action that it logs."""


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


def requires(permission: Permission, action: OperatorAction | None) -> Callable[[View], View]:
    """Require a permission (401 without a valid token, 403 for other users) and write the operator log.

    The line about `action` is committed with the action itself, or before what was read leaves; a request that fails
    leaves none. None is for what neither changes anything nor shows data of users. Put it under `user_post`.
    """

    def decorate(view: View) -> View:
        check = partial(_authorize, permission, action)
        guarded: View = documented(_guarded(view, check), **{"x-permission": permission.value})
        codes = "operators_only", "permission_needed", "second_factor_required", "token_lives_too_long"
        guarded = refuses(NotAllowed, *codes, shared=True)(guarded)
        setattr(guarded, OPERATOR_ACCESS, (permission, action))
        return machine_access.machines(BY_PERMISSION.get(permission))(guarded)

    return decorate


_UNKNOWN: Final = (
    *("not_authenticated", "token_expired", "token_invalid", "login_ended"),
    *("api_key_unknown", "api_key_ended", "api_key_expired", "api_key_of_other_environment"),
)
"""Codes for a caller who is not known, whatever the endpoint."""


def authenticated(view: Any, **doc: Any) -> Any:
    """Document that `view` needs an access token, and how it refuses others. Decorators use this; it checks nothing."""
    refuses(NotAuthenticated, *_UNKNOWN, shared=True)(view)
    refuses(NotAllowed, "username_reserved", shared=True)(view)
    refuses(Unavailable, "issuer_away", shared=True)(view)
    return documented(view, security=machine_access.access_of(view).security, **doc)


def documented(view: Any, **doc: Any) -> Any:
    """Add these attributes to the operation of `view` in the OpenAPI document."""
    return Blueprint.doc(**doc)(view)


def _guarded(view: View, check: Callable[[], object]) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        check()
        answer = view(*args, **kwargs)
        if not (args and isinstance(args[0], UnitOfWork)):  # `user_post` writes the line in its transaction.
            operator_lines.commit()
        return answer

    guarded: View = authenticated(wrapper)
    return guarded


def _authorize(permission: Permission, action: OperatorAction | None) -> None:
    """Raises NotAuthenticated or NotAllowed; otherwise the line about `action` has begun.

    A key was compared with the endpoint's scope when it was found.
    """
    caller = current()
    if caller.key is None:
        _require_operator(caller, permission)
    if action is not None:
        operator_lines.begin(caller, action)


def _require_operator(caller: Caller, permission: Permission) -> None:
    if caller.barred:
        way = "Log in with `code`. If you have no second factor yet: POST /api/v1/auth/totp, then /auth/totp/confirm."
        raise NotAllowed("second_factor_required", f"Operators need a second factor here. {way}")
    if caller.long_lived:
        limit = services().settings.external_jwt_role_lifetime.total_seconds()
        raise NotAllowed(
            "token_lives_too_long",
            f"Your token names a role, but it must be valid for {limit:g} s at most from `iat` to `exp`, because it"
            " cannot be revoked here. Have its issuer make short ones.",
        )
    if caller.role is Role.BUYER:
        way = "`flask --app wsgi pitturu role NAME ROLE` makes a user one; then log in anew."
        raise NotAllowed("operators_only", f"Only operators may do this. {way}")
    if not caller.may(permission):
        raise roles.permission_needed(permission)


def _find_out() -> Caller | Problem:
    """The caller or the refusal, stored for the rest of this request."""
    try:
        caller = _identified(_bearer())
        request.environ[USER] = caller.username
        machine_access.check(caller)
    except Problem as problem:
        return problem
    return caller


def _identified(bearer: str) -> Caller:
    if bearer.startswith(api_keys.BEGINNING):
        key = api_keys.check(bearer, services().settings.portone_environment)
        return Caller(key.actor, key=key)
    caller, _ = web_services().check_token(bearer)
    return caller if caller.role is Role.BUYER else _confirmed(caller)


def _confirmed(caller: Caller) -> Caller:
    """An operator with no more rights than the token and our records both give: a token may be older than a dismissal.

    A token cannot be revoked, and is valid for minutes in which a dismissed operator could refund any payment. Buyers
    are not looked up: their tokens reach nothing but what is theirs.
    """
    if caller.outside:
        limit = users.role_limit(caller.username)
        return caller if limit is None else replace(caller, role=roles.lowest(caller.role, limit))
    present = logins.present(caller.username, caller.login) if caller.login else None
    if present is None:
        raise NotAuthenticated("login_ended", "This login has ended. Log in again: POST /api/v1/auth/login.")
    allowed, passed = roles.lowest(caller.role, present.role), caller.second_factor and present.second_factor
    barred = allowed is not Role.BUYER and services().settings.second_factor_required and not passed
    return replace(caller, role=Role.BUYER if barred else allowed, barred=barred)


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
    """The time from which this token has to be verified again: at once if it is an operator's."""
    caller, expires = checked
    return min(expires, now + BELIEVED_FOR.total_seconds()) if caller.role is Role.BUYER else now


def _check(token: str) -> tuple[Caller, float]:
    """Whom this token was issued to, and when it expires."""
    issuer = web_services().external_issuer
    if issuer.signs(token):
        user = issuer.read(token)
        return Caller(user.username, user.role, outside=True, long_lived=user.long_lived), user.expires
    claims = tokens.verified(token)
    if claims["type"] == client_tokens.TYPE:
        client = client_tokens.read(claims)
        return Caller(client.username, session_id=client.session_id), client.expires
    access = tokens.read_access(claims)
    passed = access.second_factor
    return Caller(access.username, access.role, login=access.family, second_factor=passed), access.expires
