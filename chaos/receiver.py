"""`python -m chaos.receiver`: the shop's own server, which gets the events, verifies and stores them, and misbehaves.

Every delivery is a line of a file, written before it is answered. Some are refused, by their number. Some faults are
requested by the run: the next delivery is answered late or never, before or after it was stored, or with 410.
"""

import argparse
import json
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from standardwebhooks import Webhook, WebhookVerificationError

EVENTS: Final = "/events"
FAULTS: Final = "/faults"
REFUSED: Final = {6: 500, 11: 429}
"""Every so many deliveries are refused with this status."""
HANGS_FOR: Final = 60.0
"""Seconds: longer than any sender waits."""
LONGEST_BODY: Final = 1_000_000


class Receiver(ThreadingHTTPServer):
    """A server on this port. `secret` is the file that has the secret of the endpoint, `book` where deliveries go."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, secret: Path, book: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._secret, self._book = secret, os.open(book, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = threading.Lock()
        self._faults: deque[str] = deque()
        self._count, self._faultless = 0, False

    def server_close(self) -> None:
        """Close the book as well."""
        super().server_close()
        os.close(self._book)

    def plan(self, faults: list[str], *, faultless: bool) -> None:
        """Give the next deliveries these faults; `faultless` ends all faults, also the refusals."""
        with self._lock:
            self._faultless = faultless
            self._faults = deque() if faultless else self._faults + deque(faults)

    def next_fault(self) -> str:
        """The fault of this delivery: one that was planned, the status of a refusal, or "" for none."""
        with self._lock:
            self._count += 1
            if self._faultless:
                return ""
            if self._faults:
                return self._faults.popleft()
            return next((str(status) for every, status in REFUSED.items() if self._count % every == 0), "")

    def store(self, headers: Mapping[str, str], body: bytes) -> None:
        """Append the delivery, and whether its signature is ours."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(self._secret.read_text()).verify(body, named)
            content, verified = json.loads(body), True
        except WebhookVerificationError:
            content, verified = {}, False
        line = {"event_id": named.get("webhook-id", ""), "verified": verified, "content": content}
        os.write(self._book, json.dumps(line).encode() + b"\n")


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The liveness probe."""
        self._answer(200)

    def do_POST(self) -> None:
        """A delivery, or a request of the run for faults."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), LONGEST_BODY))
        if self.path == FAULTS:
            wanted: dict[str, Any] = json.loads(body)
            self.server.plan(wanted["faults"], faultless=wanted["faultless"])
            self._answer(200)
        else:
            self._deliver(body)

    def _deliver(self, body: bytes) -> None:
        fault = self.server.next_fault()
        if fault in ("loses_request", "hangs"):
            return self._be_silent(fault)
        if fault == "gone" or fault.isdigit():
            return self._answer(410 if fault == "gone" else int(fault))
        self.server.store(self.headers, body)
        if fault:
            return self._be_silent(fault)
        return self._answer(200)

    def _be_silent(self, fault: str) -> None:
        if fault.startswith("hangs"):
            time.sleep(HANGS_FOR)
        self.close_connection = True

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: thousands of deliveries are a figure of the report."""


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="python -m chaos.receiver")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", type=Path, required=True)
    parser.add_argument("--book", type=Path, required=True)
    wanted = parser.parse_args()
    with Receiver(wanted.port, wanted.secret, wanted.book) as receiver:
        receiver.serve_forever()


if __name__ == "__main__":
    main()
