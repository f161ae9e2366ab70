"""Records which webhooks were acknowledged with a 2xx, and releases held webhooks."""

import contextlib
import time
from typing import Any, Final

import requests

from chaos.notes import Notes

EVERY: Final = 300
"""Purchases between two queries: the simulator keeps its last 5,000 deliveries, and a purchase causes about four."""
LET_GO_EVERY: Final = 1.5
"""Seconds between two releases of held webhooks, in alternating order."""


class WebhookMonitor:
    """To be used from one thread."""

    def __init__(self, simulator: str, notes: Notes) -> None:
        self._simulator, self._notes = simulator, notes
        self._known: set[int] = set()
        self._looked_at = 0
        self._released_at = 0.0
        self._last_first = True

    def look(self, begun: int) -> None:
        """Do what is due."""
        now = time.monotonic()
        if now - self._released_at > LET_GO_EVERY:
            self._released_at, self._last_first = now, not self._last_first
            order = "last_come" if self._last_first else "first_come"
            with contextlib.suppress(requests.RequestException):
                requests.post(f"{self._simulator}/_sim/webhooks/release", json={"order": order}, timeout=5)
        if begun - self._looked_at >= EVERY:
            self._looked_at = begun
            self.collect()

    def collect(self) -> None:
        """Record every webhook that was acknowledged since the last query."""
        listed: list[dict[str, Any]] = requests.get(f"{self._simulator}/_sim/webhooks", timeout=60).json()["webhooks"]
        for delivery in listed:
            taken = any(200 <= attempt["status"] < 300 for attempt in delivery["attempts"])
            if taken and delivery["id"] not in self._known:
                self._known.add(delivery["id"])
                self._notes.add("webhook", webhook_id=delivery.get("webhook_id", ""), payload=delivery["payload"])
