"""The receiver of events of the shop's own server: it verifies the signature, and keeps what arrives."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from scripts.demo.web import Json, StepFailed

MOST = 1_000_000
"""Bytes of one event."""


class EventReceiver(ThreadingHTTPServer):
    """An HTTP server on a free port of this machine. `secret` is set when the endpoint was registered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = ""
        self._arrived: queue.Queue[Json] = queue.Queue()

    @property
    def url(self) -> str:
        """Where events are to be sent."""
        return f"http://127.0.0.1:{self.server_port}/events"

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Keep an event with a valid signature; False for any other."""
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        self._arrived.put(json.loads(body))
        return True

    def wait_for(self, kind: str, session: Json, timeout: float) -> Json:
        """The event of this type about the session; others are left out. Raises StepFailed after `timeouts` seconds."""
        end = time.monotonic() + timeout
        while True:
            try:
                event = self._arrived.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                advice = f"The shop must be able to reach {self.url}. Look at the lines of the worker in `make run`."
                raise StepFailed(f"the event {kind}", f"none within {timeout:g} s", advice) from None
            if event["type"] == kind and event["data"]["session_id"] == session["session_id"]:
                return event


@contextmanager
def receiving() -> Iterator[EventReceiver]:
    """A receiver that serves in a thread."""
    with EventReceiver() as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield receiver
        receiver.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: EventReceiver

    def do_POST(self) -> None:
        """One event: 204 confirms it, so that it is not sent again."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(204 if self.server.take(headers, body) else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the output is that of the demo."""
