"""A POST of a user: one unit of work, and the same answer again for the same `Idempotency-Key`.

The answer is stored in the transaction of the work it tells of, so that there is never one without the other. Refusals
are not stored: nothing was done, so the corrected request may come with the same key.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, Final

from flask import Response, current_app, request
from sqlalchemy.exc import IntegrityError

from pitturu.api.authentication import SECURITY, Caller, View, current, documented
from pitturu.api.contract import read_json
from pitturu.api.problems import InProgress
from pitturu.domain.errors import Malformed, Unprocessable
from pitturu.store import idempotency, open_sessions, users
from pitturu.store.idempotency import IdempotencyKey
from pitturu.store.unit_of_work import UnitOfWork, unit_of_work

Answer = Callable[[UnitOfWork], Response]

RACES: Final = 5
"""How often a request is done again that lost the race for a slot to another one of the same user. Nothing was done."""

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")
_PARAMETER: Final = {
    "in": "header",
    "name": HEADER,
    "description": "Repeat a request safely: the same key and body get the same answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


def user_post(view: View) -> View:
    """For every POST of a signed-in user. Put it directly under the route, so that it sees the finished response.

    The view is handed its unit of work as first argument.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        caller, key = current(), _key()

        def answer(work: UnitOfWork) -> Response:
            return current_app.make_response(view(work, *args, **kwargs))

        for _ in range(RACES):
            try:
                return _in_one_piece(caller, key, answer)
            except IntegrityError as error:
                if not open_sessions.lost_race(error):
                    raise
        return _in_one_piece(caller, key, answer)

    guarded: View = documented(wrapper, security=SECURITY, parameters=[_PARAMETER])
    return guarded


def _in_one_piece(caller: Caller, key: str | None, answer: Answer) -> Response:
    with unit_of_work() as work:
        if caller.outside:
            users.ensure(work, caller.username)
        return answer(work) if key is None else _once(work, caller, key, answer)


def _once(work: UnitOfWork, caller: Caller, key: str, answer: Answer) -> Response:
    """The stored answer, or the work and its answer. The lock ends with the transaction, so no two work at once."""
    if not idempotency.lock(work, caller.username, key):
        raise InProgress(
            "request_in_progress", "This request is being worked on. Repeat it in a second for its answer."
        )
    fingerprint = _fingerprint()
    known = idempotency.answered(work, caller.username, key)
    if known is not None:
        return _again(known, fingerprint)
    response = answer(work)
    work.insert(
        IdempotencyKey,
        user_username=caller.username,
        key=key,
        fingerprint=fingerprint,
        status_code=response.status_code,
        location=response.headers.get("Location"),
        body=response.get_data(),
    )
    return response


def _again(known: IdempotencyKey, fingerprint: bytes) -> Response:
    if known.fingerprint != fingerprint:
        detail = "This Idempotency-Key came with another request before. Use a new key for a new request."
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


def _fingerprint() -> bytes:
    """What makes two requests the same: method, path, and the body whatever its spacing and order of keys."""
    body = request.get_data(cache=True)
    if request.mimetype == "application/json" and body:
        body = json.dumps(read_json(request), sort_keys=True, separators=(",", ":")).encode()
    return blake2b(b"\0".join([request.method.encode(), request.path.encode(), body]), digest_size=32).digest()
