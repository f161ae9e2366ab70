"""An HTTP client that behaves like a browser with our script: keep-alive, retries, and sometimes a lost response."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from chaos.notes import Notes

Json = dict[str, Any]
TIMEOUT: Final = 20.0
"""Timeout of one response, in seconds."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
KEPT: Final = " on a kept connection"
"""Follows the name of an error when the connection had been used before."""
DISCARDED: Final = "answer thrown away"
AGAIN: Final = frozenset({409, 429, 502, 503, 504})
"""Statuses after which the shop expects the same request again; 409 only for a request in progress."""


class Stopped(Exception):
    """The run is being stopped."""


class GaveUp(Exception):
    """The shop did not respond within a buyer's time limit."""


@dataclass(frozen=True)
class Answer:
    """A response; `body` is {} if it was no JSON object."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


class Browser:
    """A client of one address. Every thread has its own connection."""

    def __init__(self, address: str, notes: Notes, stop: threading.Event, timeout: float = 60.0) -> None:
        self.address, self._notes, self._stop, self._timeout = address, notes, stop, timeout
        self._own = threading.local()

    def request(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """Repeat until there is a definite response. Raises GaveUp and Stopped."""
        return self._until_answered(lambda: self._once(method, path, body, headers))

    def request_and_disconnect(self, method: str, path: str, body: Json | None = None, **headers: str) -> None:
        """Send, and disconnect before the response."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = self._connect()
            self._send(connection, method, path, body, headers)
            connection.close()
        self._notes.answer(DISCARDED, 0.0)

    def request_twice(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """A double click: the same request on two connections at once; returns the response to the second."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            first = self._connect()
            self._send(first, method, path, body, headers)
            answer = self.request(method, path, body, **headers)
            first.getresponse().read()
            first.close()
            return answer
        return self.request(method, path, body, **headers)

    def pause(self, seconds: float) -> None:
        """Wait. Raises Stopped when the run is stopped meanwhile."""
        if self._stop.wait(seconds):
            raise Stopped

    def _until_answered(self, ask: Callable[[], Answer | None]) -> Answer:
        deadline, pause = time.monotonic() + self._timeout, FIRST_PAUSE
        while True:
            if self._stop.is_set():
                raise Stopped
            answer = ask()
            if answer is not None and not _asks_for_more(answer):
                return answer
            if time.monotonic() > deadline:
                raise GaveUp(self.address)
            self.pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _once(self, method: str, path: str, body: Json | None, headers: dict[str, str]) -> Answer | None:
        began = time.monotonic()
        try:
            connection = self._kept()
            self._send(connection, method, path, body, headers)
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            kept = KEPT if self._own.used else ""
            self._drop()
            self._notes.answer(f"{type(error).__name__}{kept}", time.monotonic() - began)
            return None
        self._own.used = not response.will_close
        self._notes.answer(str(response.status), time.monotonic() - began)
        return Answer(response.status, _object(raw), dict(response.getheaders()))

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Json | None, headers: dict[str, str]
    ) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            connection.request(method, path, headers=named)
        else:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **named})

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT)

    def _kept(self) -> http.client.HTTPConnection:
        if getattr(self._own, "connection", None) is None:
            self._own.connection, self._own.used = self._connect(), False
        connection: http.client.HTTPConnection = self._own.connection
        return connection

    def _drop(self) -> None:
        self._kept().close()
        self._own.connection = None


def _asks_for_more(answer: Answer) -> bool:
    in_progress = answer.status == 409 and answer.body.get("code") == "request_in_progress"
    return in_progress or (answer.status in AGAIN and answer.status != 409)


def _object(raw: bytes) -> Json:
    try:
        found = json.loads(raw) if raw else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
