"""Whatever goes wrong is told as `application/problem+json` (RFC 9457), with what to do next. Statuses live here."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from flask import Flask, Response, request
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from pitturu import logs
from pitturu.domain.errors import Conflict, Malformed, NotAllowed, NotAuthenticated, NotFound, Problem, Unprocessable
from pitturu.store.errors import plain

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
MOST_FIELDS: Final = 20
"""Complaints that one answer lists: enough for any form of ours, too few to blow up a hostile body."""


class InProgress(Conflict):
    """The same request is being worked on right now."""


class NotThisMediaType(Problem):
    """The body is of a kind that this address does not read."""


class Unavailable(Problem):
    """Something that we depend on is away; the same request may succeed soon."""


STATUS: Final[Mapping[type[Problem], HTTPStatus]] = MappingProxyType(
    {
        Malformed: HTTPStatus.BAD_REQUEST,
        NotAuthenticated: HTTPStatus.UNAUTHORIZED,
        NotAllowed: HTTPStatus.FORBIDDEN,
        NotFound: HTTPStatus.NOT_FOUND,
        InProgress: HTTPStatus.CONFLICT,
        Conflict: HTTPStatus.CONFLICT,
        NotThisMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
        Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)

HEADERS: Final[Mapping[type[Problem], dict[str, str]]] = MappingProxyType(
    {
        NotAuthenticated: {"WWW-Authenticate": "Bearer"},
        InProgress: {"Retry-After": "1"},
        Unavailable: {"Retry-After": "5"},
    }
)

FLASK: Final = MappingProxyType(
    {
        400: ("bad_request", "The request cannot be understood. Compare it with GET /api/v1/openapi.json."),
        404: ("not_found", "There is nothing at this address. GET /api/v1/openapi.json lists what there is."),
        405: ("method_not_allowed", "This address does not know that method. The Allow header lists those it knows."),
        413: ("body_too_large", "The body is larger than this address accepts. Send less."),
        415: ("unsupported_media_type", "Send the body as application/json, and say so in Content-Type."),
    }
)
"""What Flask itself refuses, in our words."""


def init(app: Flask) -> None:
    """Tell every error of `app` in one form."""
    app.register_error_handler(Problem, tell)
    app.register_error_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    for collision in (IntegrityError, StaleDataError):
        app.register_error_handler(collision, _collided)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(Exception, _unforeseen)


def tell(problem: Problem) -> Response:
    """A problem of ours as an answer."""
    kind = next(known for known in STATUS if isinstance(problem, known))
    extra = HEADERS.get(kind, {})
    return answer(STATUS[kind], problem.code, problem.detail, problem.errors, extra)


def answer(
    status: int,
    code: str,
    detail: str,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The one form of an error."""
    body: dict[str, object] = {
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "instance": quote(request.path),
        "request_id": logs.request_id(),
    }
    if errors:
        body["errors"] = dict(list(errors.items())[:MOST_FIELDS])
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    fallback = ("http_error", f"{error.name}. Compare the request with GET /api/v1/openapi.json.")
    code, detail = FLASK.get(status, fallback)
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    return answer(status, code, detail, headers=kept)


def _database_away(error: Exception) -> Response:
    log.warning("database_away", extra={"error": plain(error)[:300]})
    return tell(
        Unavailable("database_away", "The database cannot be reached or is overloaded. Repeat in a few seconds.")
    )


def _collided(error: Exception) -> Response:
    log.error("write_collided", extra={"error": plain(error)[:300], "path": request.path, "method": request.method})
    detail = "Something changed at the same moment, so nothing was done. Read again, then repeat the request."
    return tell(Conflict("changed_meanwhile", detail))


def _unfit(error: DataError) -> Response:
    """A value that no schema of ours refused and Postgres does."""
    log.warning("value_unfit", extra={"error": plain(error)[:300], "path": request.path})
    return tell(Malformed("unfit_value", "A value in the request cannot be stored or looked up. Correct it."))


def _unforeseen(error: Exception) -> Response:
    log.error("internal_error", exc_info=error, extra={"path": request.path, "method": request.method})
    detail = "Something broke on our side. Repeat the request; if it stays, tell us the request_id."
    return answer(500, "internal_error", detail)
