"""`Idempotency-Key`: the same request with the same key is carried out once within three hours."""

import re
import threading
from dataclasses import dataclass
from typing import Final

from portone_simulator.v2.errors import V2Error, invalid

LIFE: Final = 3 * 3600
"""Seconds for which an answer is kept."""

_HEADER: Final = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{16,256})"')
"""A string of RFC 8941: the quotes belong to it."""


@dataclass(frozen=True)
class Kept:
    """The answer to the first request with a key; None while it is being carried out."""

    request: str
    at: float
    body: dict[str, object] | None = None
    http: int = 0


class Remembered:
    """All keys of the account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def begin(self, key: str, request: str, now: float) -> Kept | None:
        """The answer that is known already; None when the request is to be carried out now. Raises V2Error."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or now - kept.at > LIFE:
                self._kept[key] = Kept(request, now)
                return None
        if kept.request != request:
            raise invalid("Another request came with this Idempotency-Key.")
        if kept.body is None:
            raise V2Error(409, "IDEMPOTENCY_OUTSTANDING_REQUEST", "The same request is being carried out.")
        return kept

    def end(self, key: str, body: dict[str, object], http: int) -> None:
        """Keep the answer."""
        with self._lock:
            begun = self._kept.get(key)
            if begun is not None:
                self._kept[key] = Kept(begun.request, begun.at, body, http)

    def drop(self, key: str) -> None:
        """As if the request had never come."""
        with self._lock:
            self._kept.pop(key, None)

    def forget(self) -> None:
        """All of them."""
        with self._lock:
            self._kept.clear()


class Turn:
    """One request under its key, from its beginning until its answer has gone out."""

    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered
        self._key: str | None = None
        self._outcome: tuple[dict[str, object], int] | None = None

    def begin(self, key: str, request: str, now: float) -> Kept | None:
        """The answer that is known already; None when the request is to be carried out now. Raises V2Error."""
        known = self._remembered.begin(key, request, now)
        self._key = key if known is None else None
        return known

    def keep(self, body: dict[str, object], http: int) -> None:
        """What is to be answered from now on."""
        self._outcome = body, http

    def end(self) -> None:
        """Remember the outcome; a request without one is as if it had never come."""
        if self._key is None:
            return
        if self._outcome is None:
            self._remembered.drop(self._key)
        else:
            self._remembered.end(self._key, *self._outcome)


def key_of(header: str | None) -> str | None:
    """The key that a header carries. Raises V2Error for one that is none."""
    if header is None:
        return None
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        raise invalid("Idempotency-Key must be a string in double quotes, of 16 to 256 characters.")
    return match[1]
