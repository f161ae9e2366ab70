"""The HTTP server: one thread, one greenlet per connection, so that hundreds of slow responses cost little.

The state of the simulator needs no locks for that reason; only the log of webhooks is shared with other threads.
"""

import socket
import threading
from concurrent.futures import Future
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import gevent.event  # type: ignore[import-untyped]
import urllib3
from gevent.pywsgi import WSGIHandler, WSGIServer  # type: ignore[import-untyped]

from portone_simulator.app import App
from portone_simulator.fault_injection import SOCKET
from portone_simulator.settings import Settings
from portone_simulator.state import Simulation
from portone_simulator.store import Store

BACKLOG: Final = 1024
"""The backlog of connections to accept; benchmarks open hundreds at once."""
WAITING_THREADS: Final = 64
"""Requests that may wait for the shop at once: confirm processes, and webhooks sent before the browser's response."""
START_TIMEOUT: Final = 10.0


class _Handler(WSGIHandler):  # type: ignore[misc]
    """Passes the connection to the application, which may have to reset it, and the path as it was sent."""

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ[SOCKET] = self.socket
        environ["RAW_URI"] = self.path
        return environ

    def log_request(self) -> None:
        """Write no access log: calls are recorded already, and formatting a line costs as much as a response."""


class Running:
    """A simulator that serves at `url` until it is closed; usable as a context manager."""

    def __init__(self, simulation: Simulation, host: str, port: int) -> None:
        self.simulation = simulation
        self._listening: Future[int] = Future()
        self._stop: Any = None
        self._thread = threading.Thread(target=self._serve, args=(host, port), name="simulator", daemon=True)
        self._thread.start()
        self.port = self._listening.result(START_TIMEOUT)
        self.url = f"http://{host}:{self.port}"
        simulation.webhooks.start()

    def wipe(self) -> None:
        """Reset: no payments, no faults, switches and clock at their initial values.

        Over HTTP, because the state belongs to the server's thread.
        """
        # Kept, the connection would outlive this server, and a later one at its port would never read it.
        with urllib3.PoolManager() as connections:
            answer = connections.request("DELETE", f"{self.url}/_sim", timeout=START_TIMEOUT, retries=False)
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"The simulator was not reset: {answer.status} {answer.data.decode()}")

    def wait_for_webhooks(self, timeout: float = 10.0) -> bool:
        """Wait until no webhook is due or in progress; False after the timeout."""
        return self.simulation.webhooks.wait_until_idle(timeout)

    def close(self) -> None:
        """Stop at once; requests in progress are cut off. State on file stays. Closing twice is harmless."""
        if not self._thread.is_alive():
            return
        self.simulation.webhooks.stop()
        self._stop.send()
        self._thread.join()
        self.simulation.store.close()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, host: str, port: int) -> None:
        hub = gevent.get_hub()
        hub.threadpool.maxsize = WAITING_THREADS
        server = WSGIServer(
            (host, port), App(self.simulation), log=None, error_log=None, handler_class=_Handler, backlog=BACKLOG
        )
        stopping = gevent.event.Event()
        self._stop = hub.loop.async_()
        self._stop.start(stopping.set)
        try:
            server.start()
        except OSError as problem:
            self._listening.set_exception(problem)
            return
        server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._listening.set_result(server.server_port)
        stopping.wait()
        server.stop(timeout=0)


class Simulator:
    """A simulator that is not listening yet. `switches` are the fields of `Settings`; `data` is its file."""

    def __init__(self, data: Path | None = None, **switches: Any) -> None:
        self.simulation = Simulation(Store(data), Settings().changed(switches))

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Running:
        """Listen, on a free port unless one is given. Raises `OSError` when the port is taken."""
        return Running(self.simulation, host, port)
