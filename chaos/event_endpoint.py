"""The endpoint of events of the run: registered before the purchases, resumed where it was paused, read at the end."""

import contextlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests

from chaos.accounts import API, Operator
from chaos.browser import Browser, GaveUp, Json
from chaos.notes import Notes
from chaos.plan import Silence
from chaos.receiver import EVENTS, FAULTS

LOOK_EVERY: Final = 3.0
"""Seconds between two looks whether the endpoint is paused."""


@dataclass(frozen=True)
class ReceiverFiles:
    """Where the receiver answers, and the files with its secret and its deliveries."""

    address: str
    secret: Path
    book: Path


class EventEndpoint:
    """To be used from the main thread. Requests that fail are left for the next look: the main thread has to restart
    who answers them."""

    def __init__(self, files: ReceiverFiles, browser: Browser, operator: Operator, silences: Iterable[Silence]) -> None:
        self._files, self._browser, self._operator = files, browser, operator
        self._silences, self._looked_at = list(silences), 0.0

    def register(self) -> None:
        """Register the receiver as an endpoint for all events."""
        url = f"{self._files.address}{EVENTS}"
        made = self._ask("POST", "", {"url": url, "description": "the shop's own server"})
        self._files.secret.write_text(made["secret"])

    def look(self, begun: int, notes: Notes) -> None:
        """Request the faults that are due, and resume the endpoint if its receiver wanted no more events."""
        while self._silences and self._silences[0].at <= begun and self._plan([self._silences[0].kind]):
            notes.add("silence", kinds=[self._silences.pop(0).kind])
        if time.monotonic() - self._looked_at > LOOK_EVERY:
            self._looked_at = time.monotonic()
            with contextlib.suppress(GaveUp):
                self._resume_if_paused(notes)

    def stop_faults(self) -> bool:
        """From now on every event is taken; False while the receiver does not answer."""
        self._silences.clear()
        return self._plan([], faultless=True)

    def collect(self, notes: Notes) -> None:
        """Note every delivery that the receiver has stored."""
        for line in self._files.book.read_text().splitlines():
            notes.add("received", **json.loads(line))

    def _plan(self, faults: list[str], *, faultless: bool = False) -> bool:
        """Whether the receiver knows of these faults; not while it is dead."""
        body = {"faults": faults, "faultless": faultless}
        with contextlib.suppress(requests.RequestException):
            return requests.post(f"{self._files.address}{FAULTS}", json=body, timeout=5).ok
        return False

    def _resume_if_paused(self, notes: Notes) -> None:
        paused = [one for one in self._ask("GET", "")["items"] if one["paused_at"]]
        for one in paused:
            notes.add("resumed", why=one["paused_reason"])
            while self._ask("POST", f"/{one['endpoint_id']}/resume", {})["replayed"]["next"]:
                pass

    def _ask(self, method: str, path: str, body: Json | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._operator.token()}"}
        answer = self._browser.request(method, f"{API}/event-endpoints{path}", body, **headers)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path} of event endpoints was answered with {answer.status}: {answer.body}")
        return answer.body
