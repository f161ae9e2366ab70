"""POST requests of users and API keys: one unit of work each, and the stored response for a repeated `Idempotency-Key`.

The response is stored in the same transaction as the work, so neither exists without the other. Refusals are not
stored: nothing was done, so the corrected request may use the same key.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, Final

from flask import Response, current_app, request
from sqlalchemy.exc import IntegrityError

from pitturu.api import operator_lines
from pitturu.api.authentication import View, authenticated, current
from pitturu.api.caller import Caller
from pitturu.api.contract import read_json
from pitturu.api.problems import InProgress
from pitturu.api.refusals import refuses
from pitturu.domain.errors import Malformed, NotAuthenticated, Unprocessable
from pitturu.domain.roles import Role
from pitturu.store import idempotency, open_sessions, users
from pitturu.store.idempotency import StoredResponse
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

Answer = Callable[[UnitOfWork], Response]

RACES: Final = 5
"""How often a request is repeated that lost a race for a slot to another request of the same user. Nothing was done."""

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")
_PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "description": "Repeat a request safely: the same key and body get the same response for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

_REFUSALS: Final = (
    (Malformed, "bad_idempotency_key"),
    (InProgress, "request_in_progress"),
    (Unprocessable, "idempotency_key_reused"),
)


def user_post(view: View) -> View:
    """Decorator of every POST of a signed-in user. Put it directly under the route: it needs the complete response.

    The view receives its unit of work as first argument.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        caller, key, answer = current(), _key(), _answer(view, *args, **kwargs)
        for _ in range(RACES):
            try:
                return _in_transaction(caller, key, answer)
            except IntegrityError as error:
                if users.has_gone(error):
                    raise NotAuthenticated("login_ended", "This account was erased. Register again.") from error
                if not open_sessions.lost_race(error):
                    raise
        return _in_transaction(caller, key, answer)

    for kind, code in _REFUSALS:
        refuses(kind, code, shared=True)(wrapper)
    guarded: View = authenticated(wrapper, parameters=[_PARAMETER])
    return guarded


def user_put(view: View) -> View:
    """The same for PUT and DELETE, which may be repeated without a key."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return _in_transaction(current(), None, _answer(view, *args, **kwargs))

    guarded: View = authenticated(wrapper)
    return guarded


def _answer(view: View, *args: Any, **kwargs: Any) -> Answer:
    return lambda work: current_app.make_response(view(work, *args, **kwargs))


def _in_transaction(caller: Caller, key: str | None, answer: Answer) -> Response:
    with unit_of_work() as work:
        if caller.outside:
            users.ensure(work, caller.username)
        response = answer(work) if key is None else _once(work, caller, key, answer)
        operator_lines.write(work)
        return response


def _once(work: UnitOfWork, caller: Caller, key: str, answer: Answer) -> Response:
    """The stored response, or the work and its response. The lock ends with the transaction, so no two run at once."""
    if not idempotency.lock(work, caller.username, key):
        raise InProgress(
            "request_in_progress", "This request is still being processed. Repeat it in a second for its response."
        )
    fingerprint = _fingerprint(caller)
    known = idempotency.answered(work, caller.username, key)
    if known is not None:
        return _replayed(known, fingerprint)
    response = answer(work)
    location, body = response.headers.get("Location"), response.get_data()
    idempotency.keep(work, caller.username, key, fingerprint, response.status_code, location, body)
    return response


def _replayed(known: StoredResponse, fingerprint: bytes) -> Response:
    if known.fingerprint != fingerprint:
        detail = "This Idempotency-Key was used for another request before. Use a new key for a new request."
        raise Unprocessable("idempotency_key_reused", detail)
    response = Response(known.body, known.status_code, mimetype="application/json")
    response.headers[REPLAYED] = "true"
    if known.location is not None:
        response.headers["Location"] = known.location
    return response


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        detail = f"{HEADER} must be 1 to 255 printable ASCII characters, a UUID for example."
        raise Malformed("bad_idempotency_key", detail)
    return key


def _fingerprint(caller: Caller) -> bytes:
    """What makes two requests the same: method, path, the body regardless of whitespace and key order, and an
    operator's role or a client token's session. Who lost a role gets no response that it gave."""
    body = request.get_data(cache=True)
    if request.mimetype == "application/json" and body:
        body = json.dumps(read_json(request), sort_keys=True, separators=(",", ":")).encode()
    role = [] if caller.role is Role.BUYER else [caller.role.encode()]
    session = [caller.session_id.encode()] if caller.session_id else []
    parts = [request.method.encode(), request.path.encode(), body, *role, *session]
    return blake2b(b"\0".join(parts), digest_size=32).digest()
