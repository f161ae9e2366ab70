"""What stands in for Sentry: it accepts envelopes over HTTP and keeps them."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.waiting import POLL


@dataclass
class Ingest:
    """The server. `received` has the text of each envelope with the headers it came with."""

    received: list[str] = field(default_factory=list)
    dsn: str = ""

    @Request.application
    def __call__(self, request: Request) -> Response:
        raw = request.get_data()
        body = gzip.decompress(raw) if request.headers.get("Content-Encoding") == "gzip" else raw
        self.received.append(f"{request.headers}\n{body.decode()}")
        return Response('{"id": "0"}', mimetype="application/json")


@contextmanager
def serving() -> Iterator[Ingest]:
    """A running server."""
    ingest = Ingest()
    server = make_server("127.0.0.1", 0, ingest.__call__, threaded=True)
    ingest.dsn = f"http://public@127.0.0.1:{server.port}/1"
    thread = threading.Thread(target=server.serve_forever, args=(POLL,))
    thread.start()
    try:
        yield ingest
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
