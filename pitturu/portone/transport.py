"""One request, one answer, one log line: HTTP to PortOne, with a limit on everything."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from requests import PreparedRequest
from requests.exceptions import RequestException
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from pitturu import certificates, instruments, spans
from pitturu.domain.errors import GatewayError, Reaction
from pitturu.domain.provider import Generation
from pitturu.portone import deadline, errors
from pitturu.portone.call import Call
from pitturu.portone.http_adapter import APPENDED_QUERY, TooLarge, Wire
from pitturu.spans import CallSpan

CHUNK: Final = 64 * 1024
"""Bytes read at a time: most answers need one read."""

HEADERS: Final = {
    "User-Agent": "pitturu",
    "Accept": "application/json",
    # A compressed answer could grow a thousandfold after it passed the limit on its size.
    "Accept-Encoding": "identity",
}

log = logging.getLogger(__name__)

Reader = Callable[[Call, int, bytes], object]
"""Interprets an answer's status and body for one of the two APIs. Raises GatewayError."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, of silence between two bytes, and of the whole call."""

    connect: float
    read: float
    whole: float


class Transport:
    """PortOne at one base URL, whose answers `read` interprets. Shared by all threads; see `Wire` for why that is
    safe."""

    def __init__(self, base_url: str, read: Reader, generation: Generation, *, pool_size: int) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"PortOne's base URL must look like https://api.portone.io, not {base_url!r}.")
        self.base_url, self._read, self._generation = base_url.rstrip("/"), read, generation
        self._wire, self._trusted = Wire(pool_size), certificates.bundle() or True

    def exchange(self, call: Call, timeouts: Timeouts, authorization: str = "", attempt: int = 1) -> object:
        """PortOne's answer. Raises GatewayError, of which Unauthorized and Unknown are subclasses."""
        with spans.call(call.name) as span:
            return self._exchange(call, timeouts, authorization, attempt, span)

    def close(self) -> None:
        """Close the idle connections."""
        self._wire.close()

    def _exchange(self, call: Call, timeouts: Timeouts, authorization: str, attempt: int, span: CallSpan) -> object:
        started, status, rest, outcome = time.monotonic(), 0, "", "ok"
        try:
            with deadline.within(timeouts.whole):
                status, body, rest = self._send(call, timeouts, authorization)
            return self._read(call, status, body)
        except GatewayError as error:
            outcome, error.retry_after = str(error.reaction), deadline.asked_for(rest)
            raise
        finally:
            seconds = time.monotonic() - started
            self._count(call, status, outcome, seconds)
            fields = {"call": call.name, "subject": call.subject, "status": status, "outcome": outcome}
            fields |= {"duration_ms": round(seconds * 1000), "attempt": attempt}
            span.ended(status, outcome, attempt)
            log.log(logging.INFO if outcome == "ok" else logging.WARNING, "portone.call", extra=fields)

    def _count(self, call: Call, status: int, outcome: str, seconds: float) -> None:
        """PortOne's statuses are not labels: an address that is not PortOne's could answer with hundreds of them."""
        counted = instruments.KEYS_REFUSED if status in (401, 403) else outcome
        instruments.portone_calls.labels(self._generation, call.name, counted).inc()
        instruments.portone_seconds.labels(self._generation, call.name).observe(seconds)

    def _send(self, call: Call, timeouts: Timeouts, authorization: str) -> tuple[int, bytes, str]:
        """The answer's status, its body, and its Retry-After, "" without one."""
        left = deadline.left()
        if left <= 0:
            raise GatewayError(Reaction.TRY_AGAIN, f"No time was left to send {call.name}. Nothing was sent.")
        headers = HEADERS | dict(call.headers) | ({"Authorization": authorization} if authorization else {})
        limits = (min(timeouts.connect, left), min(timeouts.read, left))
        try:
            answer = self._wire.send(self._prepared(call, headers), stream=True, timeout=limits, verify=self._trusted)
            try:
                answer.raw.enforce_content_length = True
                body = b"".join(answer.raw.stream(CHUNK, decode_content=False))
                return answer.status_code, body, answer.headers.get("Retry-After", "")
            finally:
                answer.close()
        # RequestException is an OSError; urllib3 and the socket below it raise some of their own.
        except (OSError, RequestException, HTTPError, TooLarge) as error:
            raise errors.after_failure(call, error) from error

    def _prepared(self, call: Call, headers: dict[str, str]) -> PreparedRequest:
        """Equivalent to `Request.prepare`, which was most of the cost of a call.

        Paths and queries are our own and quoted, so nothing has to be repaired, and there are no cookies, hooks or
        files.
        """
        prepared = PreparedRequest()
        query = f"?{urlencode(call.query, doseq=True)}" if call.query else ""
        prepared.method, prepared.url = call.method, self.base_url + call.path + query
        prepared.headers = CaseInsensitiveDict(headers)
        if call.secret_query:
            prepared.headers[APPENDED_QUERY] = f"{'&' if query else '?'}{urlencode(call.secret_query)}"
        if call.body is not None:
            prepared.prepare_body(None, None, json=call.body)
        elif call.method not in ("GET", "HEAD"):
            prepared.headers["Content-Length"] = "0"
        return prepared
