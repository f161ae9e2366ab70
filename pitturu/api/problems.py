"""Every error as `application/problem+json` (RFC 9457), with what to do next. The HTTP statuses are chosen here."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from flask import Flask, Response, request
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from pitturu import logs
from pitturu.domain.errors import Conflict, Malformed, NotAllowed, NotAuthenticated, NotFound, Problem, Unprocessable
from pitturu.store.encryption import UnknownDataKey
from pitturu.store.errors import plain

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
MOST_FIELDS: Final = 20
"""Field errors listed in one response: enough for every form of ours, and a bound for hostile bodies."""


class InProgress(Conflict):
    """The same request is still being processed."""


class NotThisMediaType(Problem):
    """The endpoint does not accept this media type."""


class TooManyRequests(Problem):
    """More requests than a rate allows; the next one may be allowed after `seconds`."""

    def __init__(self, rate: str, seconds: int) -> None:
        super().__init__("too_many_requests", f"More than {rate}. Wait {seconds} seconds, then go on more slowly.")
        self.seconds = seconds


class Unavailable(Problem):
    """A dependency is unavailable; the same request may succeed soon."""


STATUS: Final[Mapping[type[Problem], HTTPStatus]] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    InProgress: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    NotThisMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

HEADERS: Final[Mapping[type[Problem], dict[str, str]]] = {
    NotAuthenticated: {"WWW-Authenticate": "Bearer"},
    InProgress: {"Retry-After": "1"},
    Unavailable: {"Retry-After": "5"},
}

FLASK: Final = {
    400: ("bad_request", "The request is malformed. Compare it with GET /api/v1/openapi.json."),
    404: ("not_found", "There is no such path. GET /api/v1/openapi.json lists all paths."),
    405: (
        "method_not_allowed",
        "This path does not support that method. The Allow header lists the supported ones.",
    ),
    413: ("body_too_large", "The body is too large. Send a smaller one."),
    415: (
        "unsupported_media_type",
        "The media type is not supported. Send JSON, with Content-Type: application/json.",
    ),
}
"""Messages for the errors that Flask itself raises."""


def init(app: Flask) -> None:
    """Register the error handlers of `app`."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    for collision in (IntegrityError, StaleDataError):
        app.register_error_handler(collision, _collided)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(UnknownDataKey, _key_missing)
    app.register_error_handler(Exception, _unforeseen)


def problem_response(problem: Problem) -> Response:
    """The response for a problem of ours."""
    kind = next(known for known in STATUS if isinstance(problem, known))
    extra = HEADERS.get(kind, {})
    if isinstance(problem, TooManyRequests):
        extra = {"Retry-After": str(problem.seconds)}
    return error_response(STATUS[kind], problem.code, problem.detail, problem.errors, extra)


def error_response(
    status: int,
    code: str,
    detail: str,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error in the single format of all errors."""
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
    return error_response(status, code, detail, headers=kept)


def _database_away(error: Exception) -> Response:
    log.warning("database_away", extra={"error": plain(error)[:300]})
    return problem_response(
        Unavailable("database_away", "The database cannot be reached or is overloaded. Repeat in a few seconds.")
    )


def _collided(error: Exception) -> Response:
    log.error("write_collided", extra={"error": plain(error)[:300], "path": request.path, "method": request.method})
    detail = (
        "Another request changed the same data meanwhile, so nothing was done. Read it again, then repeat the request."
    )
    return problem_response(Conflict("changed_meanwhile", detail))


def _unfit(error: DataError) -> Response:
    """A value that passed our schemas and that Postgres refuses."""
    log.warning("value_unfit", extra={"error": plain(error)[:300], "path": request.path})
    return problem_response(
        Malformed("unfit_value", "A value in the request cannot be stored or looked up. Correct it.")
    )


def _key_missing(error: UnknownDataKey) -> Response:
    """The log tells the operator which setting to restore; nothing was done."""
    log.error("data_key_missing", extra={"error": str(error), "path": request.path, "method": request.method})
    detail = "Stored data cannot be read at the moment, so nothing was done. Repeat the request later."
    return problem_response(Unavailable("data_unreadable", detail))


def _unforeseen(error: Exception) -> Response:
    log.error("internal_error", exc_info=error, extra={"path": request.path, "method": request.method})
    detail = "The server failed unexpectedly. Repeat the request; if it fails again, report the request_id."
    return error_response(500, "internal_error", detail)
