"""Requests to pitturu over HTTP: authentication, timeouts, retries that cannot do anything twice."""

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import msgspec
import requests
from requests.auth import AuthBase
from requests.exceptions import ChunkedEncodingError

from pitturu_client.errors import (
    ApiError,
    NotReached,
    RequestInProgress,
    ServerError,
    TooManyRequests,
    UnexpectedAnswer,
    api_error,
)

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Found = TypeVar("Found", covariant=True)

PREFIX: Final = "/api/v1"
FIRST_PAUSE: Final = 0.5
"""Seconds before the first retry, doubled each time, with jitter, so that many clients do not come at once."""

LONGEST_PAUSE: Final = 10.0
"""Seconds. A refusal that asks to wait for longer is raised at once: the caller decides when to go on."""

RETRIED: Final = (NotReached, TooManyRequests, ServerError, RequestInProgress)


class Page(Protocol[Found]):
    """One page of a list."""

    @property
    def items(self) -> Sequence[Found]:
        """What is on it."""

    @property
    def next(self) -> str | None:
        """The cursor of the next page, None on the last one."""


def pages(read: Callable[[str | None], Page[Found]]) -> Iterator[Found]:
    """Everything on all pages. `read` gets a cursor, None for the first page."""
    page = read(None)
    yield from page.items
    while page.next is not None:
        page = read(page.next)
        yield from page.items


class Bearer(AuthBase):
    """The credential of each request. As an `auth` of requests it also keeps a .netrc from replacing it."""

    def __init__(self, credential: Callable[[], str] | None) -> None:
        self._credential = credential

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._credential is not None:
            request.headers["Authorization"] = f"Bearer {self._credential()}"
        return request


class Transport:
    """Sends requests and decodes answers. One may be used by several threads."""

    def __init__(
        self,
        base_url: str,
        credential: Callable[[], str] | None,
        *,
        connect_timeout: float,
        timeout: float,
        retries: int,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"{base_url!r} is no address of pitturu. Write one like https://pay.shop.example.")
        self._url = base_url.rstrip("/") + PREFIX
        self._timeouts, self._retries = (connect_timeout, timeout), retries
        self._http = requests.Session()
        self._http.auth = Bearer(credential)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, kind: type[Answer], *path: str, **query: Any) -> Answer:
        """GET a path; None in the query is left out."""
        return self._send(kind, "GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(
        self, kind: type[Answer], *path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Answer:
        """POST with an Idempotency-Key: `key`, or a new one for this call and its retries."""
        return self._send(kind, "POST", path, body=body, key=key or str(uuid4()))

    def patch(self, kind: type[Answer], *path: str, body: Mapping[str, Any]) -> Answer:
        """PATCH a path. The same change twice is one change, so it needs no key."""
        return self._send(kind, "PATCH", path, body=body)

    def delete(self, kind: type[Answer], *path: str) -> Answer:
        """DELETE a path."""
        return self._send(kind, "DELETE", path)

    def _send(
        self,
        kind: type[Answer],
        method: str,
        path: tuple[str, ...],
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Answer:
        headers = {"Accept": "application/json"} | ({"Idempotency-Key": key} if key is not None else {})
        url = "/".join([self._url, *(quote(part, safe="") for part in path)])
        request = requests.Request(method, url, headers=headers, params=params, json=body)
        for attempt in range(self._retries):
            try:
                return _decoded(kind, self._answer(request, key))
            except RETRIED as failure:
                asked = failure.retry_after or 0 if isinstance(failure, ApiError) else 0
                if asked > LONGEST_PAUSE:
                    raise
                log.info("pitturu_request_repeated", extra={"url": url, "failure": type(failure).__name__})
                pause = FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - no secret.
                time.sleep(max(pause, asked))
        return _decoded(kind, self._answer(request, key))

    def _answer(self, request: requests.Request, key: str | None) -> requests.Response:
        """The answer to one attempt. Raises NotReached, ApiError and UnexpectedAnswer."""
        prepared = self._http.prepare_request(request)
        settings = self._http.merge_environment_settings(prepared.url or "", {}, None, None, None)
        try:
            answer = self._http.send(prepared, timeout=self._timeouts, allow_redirects=False, **settings)
        except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
            raise NotReached(f"{request.method} {request.url}: {error}", key) from error
        if not answer.ok or answer.is_redirect:
            raise _refusal(answer)
        return answer


def _decoded(kind: type[Answer], answer: requests.Response) -> Answer:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnexpectedAnswer(f"{answer.request.method} {answer.url}: the answer cannot be read: {error}") from error


def _refusal(answer: requests.Response) -> ApiError:
    """The refusal in an answer. Raises UnexpectedAnswer for one that is not pitturu's, but for those of a proxy that
    does not reach it."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        detail = f"{answer.status_code} {answer.reason} at {answer.url}, in a form that is not pitturu's."
        if answer.status_code not in ServerError.STATUSES:
            raise UnexpectedAnswer(f"{detail} Is base_url the address of pitturu?")
        body = {"detail": detail}
    wait = answer.headers.get("Retry-After", "")
    return api_error(answer.status_code, body, float(wait) if wait.isdigit() else None)
