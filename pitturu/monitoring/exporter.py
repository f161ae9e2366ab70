"""`/metrics` of a process without a web server: what a worker or beat counts itself, on METRICS_PORT.

It asks for METRICS_TOKEN as the web does. What only the database knows is not here: the web answers for that, and two
answers would be counted twice.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from werkzeug.wrappers import Request, Response

from pitturu.config.settings import Settings
from pitturu.domain.errors import NotAuthenticated
from pitturu.monitoring import access, process_metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

SILENCE: Final = 5
"""Seconds that a client may pause within its request."""

AT_ONCE: Final = 8
"""Requests that are answered at the same time. Further connections are closed: each one would be a thread."""


class _Handler(WSGIRequestHandler):
    timeout = SILENCE

    def log_message(self, format: str, *arguments: Any) -> None:
        """Scrapes are not logged."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_port = False
    """Two processes on one port would answer in turns."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def server_bind(self) -> None:
        """Bind, without asking the name server for this host's name, as WSGIServer does: that may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, or close the connection when too many are answered already."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away concerns nobody."""


def start(settings: Settings) -> Callable[[], None] | None:
    """Answer on METRICS_PORT from now on, in threads. Returns a function that ends it, None when nothing is served.

    A port that cannot be used is logged: a worker without metrics is better than none.
    """
    if not settings.metrics_port:
        return None
    address = settings.bind_host, settings.metrics_port
    try:
        server = _Server(address, _Handler)
    except OSError as error:
        advice = "choose another METRICS_PORT for this process and restart it; until then it has no metrics"
        fields = {"address": "{}:{}".format(*address), "error": str(error)[:200]}
        log.error("metrics_port_unusable", extra=fields | {"next": advice})
        return None
    server.set_app(_application(settings, process_metrics.registry()))
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("metrics_served", extra={"address": "{}:{}".format(*address)})

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


def _application(
    settings: Settings, registry: CollectorRegistry
) -> "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]":
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return _answer(Request(environ), settings, registry)(environ, start_response)

    return answer


def _answer(request: Request, settings: Settings, registry: CollectorRegistry) -> Response:
    if request.path != "/metrics":
        return Response("There is only /metrics here.\n", 404)
    if request.method not in ("GET", "HEAD"):
        return Response("Send GET.\n", 405, {"Allow": "GET, HEAD"})
    try:
        access.require_token(settings, request.authorization)
    except NotAuthenticated as refused:
        return Response(f"{refused.detail}\n", 401, {"WWW-Authenticate": "Bearer"})
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
