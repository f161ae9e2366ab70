"""Forwards events to a developer's own machine, which no endpoint of a server could reach."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Event
from typing import Any, Final, Protocol

from pitturu.domain.errors import GatewayError
from pitturu.extensions import db
from pitturu.outbound import webhooks
from pitturu.portone.signature import key_of
from pitturu.store import shop_events

LOOK_EVERY: Final = 0.5
"""Seconds between two questions for new events of the database."""

AT_ONCE: Final = 100
"""Events that one question reads."""

Payload = Mapping[str, Any]


class EventSource(Protocol):
    """Where events are read. `look_every`: seconds between two questions when there was nothing new."""

    look_every: float

    def read(self) -> Sequence[Payload]:
        """The events after those that were returned last, in the order of `GET /events`; none if there are none yet."""


class DatabaseEvents:
    """Events of this system that are committed after this was made. To be used in an app context."""

    look_every = LOOK_EVERY

    def __init__(self, types: Collection[str]) -> None:
        self._types, self._place = types, shop_events.end()
        db.session.rollback()

    def read(self) -> Sequence[Payload]:
        """The next events. No transaction stays open while they are posted."""
        found = shop_events.page(self._place, self._types, AT_ONCE)
        payloads = [one.payload for one in found]
        if found:
            self._place = found[-1].cursor
        db.session.rollback()
        return payloads


class Listener:
    """Posts each event of a source once, signed. `say` prints a line.

    What the receiver does not take is printed and not tried again.
    """

    def __init__(self, url: str, secret: str, source: EventSource, say: Callable[[str], None]) -> None:
        """Raises ValueError for an invalid secret."""
        key_of(secret)
        self.url, self.secret, self._source, self._say = url, secret, source, say

    def run(self, seconds: float | None) -> None:
        """Forward until the time is over; without one until it is interrupted."""
        over, end = Event(), None if seconds is None else time.monotonic() + seconds
        while True:
            self.forward_new()
            if end is not None and time.monotonic() >= end:
                return
            over.wait(self._source.look_every)

    def forward_new(self) -> int:
        """Forward what is new since the last time. Returns how many events."""
        count = 0
        while found := self._source.read():
            for one in found:
                self._say(self._forwarded(one))
            count += len(found)
        return count

    def _forwarded(self, event: Payload) -> str:
        body = webhooks.encode(event)
        headers = webhooks.signed_headers((self.secret,), event["id"], body)
        about = event["data"].get("order_number") or ""
        line = f"{event['created_at'][11:19]}Z  {event['type']:<28} {event['id']} {about}"
        # It may come from elsewhere, and a terminal would obey what is not printable.
        line = "".join(letter if letter.isprintable() else "?" for letter in line)
        try:
            status, _ = webhooks.post(self.url, headers, body, private=True)
        except GatewayError as error:
            return f"{line} -> {error.message}"
        return f"{line} -> HTTP {status}"
