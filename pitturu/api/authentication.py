"""Who makes this request: found out once, from the token alone, and only when somebody asks.

The header is not read by flask-jwt-extended's `verify_jwt_in_request`: that checks the same token anew for each
request, and knows one issuer (docs/decisions/0016-libraries-instead-of-our-own.md).
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from threading import Lock
from typing import Any, Final, TypeVar

from cachetools import TLRUCache, cached
from flask import request

from pitturu.api import tokens
from pitturu.api.contract import Blueprint
from pitturu.api.external_issuer import ExternalIssuer
from pitturu.api.request_id import USER
from pitturu.domain.errors import NotAllowed, NotAuthenticated, Problem
from pitturu.services import services

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

CALLER: Final = "pitturu.caller"
"""Where in the WSGI environment the answer is kept, so that it lives exactly as long as the request."""

BELIEVED_FOR: Final = timedelta(seconds=60)
"""A token whose signature was checked is believed for so long, or until it ends. A browser polls with one token many
times a minute; an issuer who takes a key back waits no longer than this for it to be refused."""

MOST_BELIEVED: Final = 10_000
"""Tokens remembered by one process. When there are more, the one that was not used for longest is checked again."""

SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}]


@dataclass(frozen=True)
class Caller:
    """`operator` may act on everybody's payments. `outside` users have no row until they first write something."""

    username: str
    operator: bool = False
    outside: bool = False

    @property
    def role(self) -> str:
        """The word for what this caller may do."""
        return "operator" if self.operator else "buyer"


def remembering_check() -> Callable[[str], tuple[Caller, float]]:
    """The check of access tokens, with a memory of its own for whose they are. A refusal is not remembered."""
    remembered: TLRUCache[bytes, tuple[Caller, float], float] = TLRUCache(MOST_BELIEVED, _until, time.time)
    return cached(remembered, _digest, Lock())(_check)


def current() -> Caller:
    """The caller. Raises NotAuthenticated, and Unavailable when an outside issuer cannot be asked."""
    found: Caller | Problem | None = request.environ.get(CALLER)
    if found is None:
        found = request.environ[CALLER] = _find_out()
    if isinstance(found, Problem):
        raise found
    return found


def known() -> Caller | None:
    """The caller, None when there is no good token."""
    try:
        return current()
    except Problem:
        return None


def signed_in(view: View) -> View:
    """Only for somebody: 401 comes before anything else is looked at."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        current()
        return view(*args, **kwargs)

    guarded: View = documented(wrapper, security=SECURITY)
    return guarded


def operators_only(view: View) -> View:
    """Only for operators of the shop: 401 for nobody, 403 for everybody else."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not current().operator:
            way = "`flask --app wsgi pitturu operator NAME` makes a user one; then log in anew."
            raise NotAllowed("operators_only", f"Only operators may do this. {way}")
        return view(*args, **kwargs)

    guarded: View = documented(wrapper, security=SECURITY)
    return guarded


def documented(view: Any, **doc: Any) -> Any:
    """Add these words to the page of `view` in the contract."""
    return Blueprint.doc(**doc)(view)


def _find_out() -> Caller | Problem:
    """The answer or the refusal, to be kept for this request."""
    try:
        caller = _read(_bearer())
    except Problem as problem:
        return problem
    request.environ[USER] = caller.username
    return caller


def _bearer() -> str:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        detail = "Log in with POST /api/v1/auth/login and send Authorization: Bearer and the access token."
        raise NotAuthenticated("not_authenticated", detail)
    return authorization.token


def _read(token: str) -> Caller:
    caller, _ = services().check_token(token)
    return caller


def _digest(token: str) -> bytes:
    """What a token is remembered by, so that the memory of a process holds none that could be used."""
    return blake2b(token.encode(), digest_size=16).digest()


def _until(_: bytes, checked: tuple[Caller, float], now: float) -> float:
    """The moment from which this token has to be checked again."""
    return min(checked[1], now + BELIEVED_FOR.total_seconds())


def _check(token: str) -> tuple[Caller, float]:
    """Who this token was issued to, and when it ends."""
    issuer: ExternalIssuer = services().external_issuer
    if issuer.signs(token):
        username, ends = issuer.read(token)
        return Caller(username, outside=True), ends
    username, role, ends = tokens.read_access(token)
    return Caller(username, operator=role == "operator"), ends
