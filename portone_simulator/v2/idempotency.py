"""`Idempotency-Key`: a request with the same key is executed once within three hours."""

import re
from dataclasses import dataclass
from typing import Final

from portone_simulator.v2.errors import V2Error, invalid

LIFE: Final = 3 * 3600
"""Seconds for which a response is kept."""

_HEADER: Final = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{16,256})"')
"""An RFC 8941 string: the quotes are part of it."""


@dataclass
class StoredResponse:
    """The response to the first request with a key. That request is in progress until its response is `sent`."""

    request: str
    at: float
    body: dict[str, object] | None = None
    http: int = 0
    sent: bool = False


class IdempotencyKeys:
    """All keys of the account."""

    def __init__(self) -> None:
        self._kept: dict[str, StoredResponse] = {}

    def begin(self, key: str, request: str, now: float) -> StoredResponse | None:
        """The stored response; None when the request is to be executed now. Raises V2Error."""
        kept = self._kept.get(key)
        if kept is None or now - kept.at > LIFE:
            self._kept[key] = StoredResponse(request, now)
            return None
        if kept.request != request:
            raise invalid("Another request came with this Idempotency-Key.")
        if not kept.sent:
            raise V2Error(409, "IDEMPOTENCY_OUTSTANDING_REQUEST", "The same request is being carried out.")
        return kept

    def keep(self, key: str, body: dict[str, object], http: int) -> None:
        """The response to store."""
        if begun := self._kept.get(key):
            begun.body, begun.http = body, http

    def end(self, key: str) -> None:
        """The request has ended. Without a response to store it is as if it had never been sent."""
        begun = self._kept.get(key)
        if begun is None or begun.body is None:
            self._kept.pop(key, None)
        else:
            begun.sent = True

    def forget(self) -> None:
        """Remove all keys."""
        self._kept.clear()


def key_of(header: str | None) -> str | None:
    """The key in a header. Raises V2Error for an invalid one."""
    if header is None:
        return None
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        raise invalid("Idempotency-Key must be a string in double quotes, of 16 to 256 characters.")
    return match[1]
