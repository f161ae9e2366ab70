"""What a worker of gunicorn ends at once when it has to stop: long polls, and connections without a request.

Gunicorn itself waits until each client has closed its connection, or for `graceful_timeout`: browsers and load
balancers keep theirs open, so every stop and every reload would take that long.
"""

import _socket
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any


def prepare(worker: Any) -> None:
    """Set `worker.idle`, its connections without a request (a hook of gunicorn takes out those whose request begins),
    `worker.request_ended`, to be called with the connection of a request that was answered, and the signal handler."""
    worker.idle = set()
    services = worker.wsgi.extensions.get("pitturu")
    finish = worker.handle_exit

    def request_ended(connection: Any) -> None:
        worker.idle.add(connection)
        if not worker.alive:
            _read_no_further(connection)

    def stop(number: int, frame: FrameType | None) -> None:
        if services is not None:  # Another application may have this configuration: the bare views of `make bench`.
            services.stopping.set()
        finish(number, frame)
        for connection in worker.idle:
            _read_no_further(connection)

    if worker.cfg.worker_class_str == "gevent":
        worker.handle, worker.request_ended = _noting_connections(worker, worker.handle), request_ended
    else:
        # Threads, which the synchronous view of `make bench` has: nobody would take its connections out again.
        worker.request_ended = worker.idle.discard
    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)


def _noting_connections(worker: Any, handle: Callable[..., None]) -> Callable[..., None]:
    """The worker's `handle`, which serves one connection until it ends, noting that it is there."""

    def noted(listener: Any, connection: Any, address: Any) -> None:
        worker.idle.add(connection)
        try:
            handle(listener, connection, address)
        finally:
            worker.idle.discard(connection)

    return noted


def _read_no_further(connection: Any) -> None:
    """The worker reads the end of this connection after what has arrived already, so that no request is lost.

    Shut down by gevent, it would raise an exception in the greenlet that waits.
    """
    with suppress(OSError, ValueError):  # It may be closed already.
        plain = _socket.socket(fileno=connection.fileno())
        try:
            plain.shutdown(socket.SHUT_RD)
        finally:
            plain.detach()
