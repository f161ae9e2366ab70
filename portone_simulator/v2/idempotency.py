"""`Idempotency-Key`: a request with the same key is executed once within three hours."""

import re
import threading
from dataclasses import dataclass
from typing import Final

from portone_simulator.v2.errors import V2Error, invalid

LIFE: Final = 3 * 3600
"""Seconds for which a response is kept."""

_HEADER: Final = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{16,256})"')
"""An RFC 8941 string: the quotes are part of it."""


@dataclass(frozen=True)
class StoredResponse:
    """The response to the first request with a key; None while it is in progress."""

    request: str
    at: float
    body: dict[str, object] | None = None
    http: int = 0


class IdempotencyKeys:
    """All keys of the account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, StoredResponse] = {}

    def begin(self, key: str, request: str, now: float) -> StoredResponse | None:
        """The stored response; None when the request is to be executed now. Raises V2Error."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or now - kept.at > LIFE:
                self._kept[key] = StoredResponse(request, now)
                return None
        if kept.request != request:
            raise invalid("Another request came with this Idempotency-Key.")
        if kept.body is None:
            raise V2Error(409, "IDEMPOTENCY_OUTSTANDING_REQUEST", "The same request is being carried out.")
        return kept

    def end(self, key: str, body: dict[str, object], http: int) -> None:
        """Store the response."""
        with self._lock:
            begun = self._kept.get(key)
            if begun is not None:
                self._kept[key] = StoredResponse(begun.request, begun.at, body, http)

    def drop(self, key: str) -> None:
        """Remove the key, as if the request had never been sent."""
        with self._lock:
            self._kept.pop(key, None)

    def forget(self) -> None:
        """Remove all keys."""
        with self._lock:
            self._kept.clear()


class KeyedRequest:
    """One request with its key, from its beginning until its response is sent."""

    def __init__(self, idempotency_keys: IdempotencyKeys) -> None:
        self._keys = idempotency_keys
        self._key: str | None = None
        self._outcome: tuple[dict[str, object], int] | None = None

    def begin(self, key: str, request: str, now: float) -> StoredResponse | None:
        """The stored response; None when the request is to be executed now. Raises V2Error."""
        known = self._keys.begin(key, request, now)
        self._key = key if known is None else None
        return known

    def keep(self, body: dict[str, object], http: int) -> None:
        """The response to store."""
        self._outcome = body, http

    def end(self) -> None:
        """Store the response; without one the key is removed."""
        if self._key is None:
            return
        if self._outcome is None:
            self._keys.drop(self._key)
        else:
            self._keys.end(self._key, *self._outcome)


def key_of(header: str | None) -> str | None:
    """The key in a header. Raises V2Error for an invalid one."""
    if header is None:
        return None
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        raise invalid("Idempotency-Key must be a string in double quotes, of 16 to 256 characters.")
    return match[1]
