"""Forwards events to a developer's own machine, which no endpoint of a server could reach."""

import time
from collections.abc import Callable, Collection
from threading import Event
from typing import Final

from pitturu.domain.errors import GatewayError
from pitturu.extensions import db
from pitturu.outbound import webhooks
from pitturu.portone.signature import key_of
from pitturu.store import shop_events
from pitturu.store.shop_events import Cursor, ShopEvent

LOOK_EVERY: Final = 0.5
"""Seconds between two questions for new events."""

AT_ONCE: Final = 100
"""Events that one question reads."""


class Listener:
    """Reads the events that are committed after it was made, in the order of `GET /events`, and posts each once.

    `say` prints a line. What the receiver does not take is printed and not tried again.
    """

    def __init__(self, url: str, secret: str, types: Collection[str], say: Callable[[str], None]) -> None:
        """Raises ValueError for an invalid secret."""
        key_of(secret)
        self.url, self.secret, self._types, self._say = url, secret, types, say
        self._place = self._end()

    def run(self, seconds: float | None) -> None:
        """Forward until the time is over; without one until it is interrupted."""
        over, end = Event(), None if seconds is None else time.monotonic() + seconds
        while True:
            self.forward_new()
            if end is not None and time.monotonic() >= end:
                return
            over.wait(LOOK_EVERY)

    def forward_new(self) -> int:
        """Forward what was committed since the last time. Returns how many events."""
        count = 0
        while found := self._read():
            for one in found:
                self._say(self._forwarded(one))
                self._place = one.cursor
            count += len(found)
        return count

    def _end(self) -> Cursor:
        place = shop_events.end()
        db.session.rollback()
        return place

    def _read(self) -> list[ShopEvent]:
        """The next events, detached, because no transaction stays open while one is posted."""
        found = list(shop_events.page(self._place, self._types, AT_ONCE))
        db.session.expunge_all()
        db.session.rollback()
        return found

    def _forwarded(self, event: ShopEvent) -> str:
        body = webhooks.encode(event.payload)
        headers = webhooks.signed_headers((self.secret,), event.event_id, body)
        about = event.data.get("order_number") or ""
        line = f"{event.created_at:%H:%M:%S}Z  {event.type:<28} {event.event_id} {about}"
        try:
            status, _ = webhooks.post(self.url, headers, body, private=True)
        except GatewayError as error:
            return f"{line} -> {error.message}"
        return f"{line} -> HTTP {status}"
