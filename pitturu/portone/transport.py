"""One request, one answer, one line of log: PortOne V1's envelope over HTTP, with a limit on everything."""

import logging
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from requests import Request
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from pitturu.domain.errors import GatewayError, Reaction
from pitturu.portone import patience, reactions, strict_json
from pitturu.portone.call import Call
from pitturu.portone.text import clean
from pitturu.portone.wire import TooLarge, Wire

CHUNK: Final = 64 * 1024
"""Bytes taken at a time: most answers need one."""

HEADERS: Final = {
    "User-Agent": "pitturu",
    "Accept": "application/json",
    # A compressed answer could grow a thousandfold after it passed the limit on its size.
    "Accept-Encoding": "identity",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, of silence between two bytes, and of the whole call whatever happens in it."""

    connect: float
    read: float
    whole: float


class Transport:
    """PortOne at one base URL. Shared by all threads; see `Wire` for why they may."""

    def __init__(self, base_url: str, *, pool_size: int) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"PortOne's base URL must look like https://api.iamport.kr, not {base_url!r}.")
        self.base_url = base_url.rstrip("/")
        self._wire = Wire(pool_size)

    def exchange(self, call: Call, timeouts: Timeouts, token: str = "", attempt: int = 1) -> object:
        """The `response` of PortOne's envelope. Raises GatewayError, of which Unauthorized and Unknown are kinds."""
        started, status, outcome = time.monotonic(), 0, "ok"
        try:
            with patience.within(timeouts.whole):
                status, body = self._send(call, timeouts, token)
            return _open(call, status, body)
        except GatewayError as error:
            outcome = str(error.reaction)
            raise
        finally:
            fields = {"call": call.name, "subject": call.subject, "status": status, "outcome": outcome}
            fields |= {"duration_ms": round((time.monotonic() - started) * 1000), "attempt": attempt}
            log.log(logging.INFO if outcome == "ok" else logging.WARNING, "portone.call", extra=fields)

    def close(self) -> None:
        """Close the idle connections."""
        self._wire.close()

    def _send(self, call: Call, timeouts: Timeouts, token: str) -> tuple[int, bytes]:
        left = patience.left()
        if left <= 0:
            raise GatewayError(Reaction.TRY_AGAIN, f"No time was left to send {call.name}. Nothing was sent.")
        headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
        limits = (min(timeouts.connect, left), min(timeouts.read, left))
        try:
            request = Request(call.method, self.base_url + call.path, headers, params=call.query, json=call.body)
            answer = self._wire.send(request.prepare(), stream=True, timeout=limits, verify=True)
            try:
                answer.raw.enforce_content_length = True
                return answer.status_code, b"".join(answer.raw.stream(CHUNK, decode_content=False))
            finally:
                answer.close()
        # RequestException is an OSError; urllib3 and the socket below it have some of their own.
        except (OSError, RequestException, HTTPError, TooLarge) as error:
            raise reactions.after_failure(call, error) from error


def _open(call: Call, status: int, body: bytes) -> object:
    decided = reactions.after_status(call, status)
    if decided is not None:
        raise decided
    try:
        envelope = strict_json.loads(body)
    except ValueError as error:
        raise reactions.after_nonsense(call, status, "no JSON") from error
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if isinstance(code, bool) or not isinstance(code, int):
        raise reactions.after_nonsense(call, status, "no `code` in it")
    if code != 0:
        raise reactions.after_refusal(status, clean(envelope.get("message"), 500) or f"code {code}")
    if status >= 400 or envelope.get("response") is None:
        raise reactions.after_nonsense(call, status, "success without a `response`")
    return envelope["response"]
