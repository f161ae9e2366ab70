"""Connections with limits on the total time and size of an answer.

A read timeout limits the silence between two bytes, not the answer: one byte a second keeps a thread busy for days, in
the headers as well as in the body. So the limits of time (`deadline.within`) and size are enforced where bytes are
read from the socket.
"""

import http.client
import io
import socket
from typing import Any, Final

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from pitturu.portone import deadline

MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes of one answer, headers included. A payment is about 2 KiB and we ask for a hundred of them at most."""


APPENDED_QUERY: Final = "Pitturu-Appended-Query"
"""A header that is not sent: its value is appended to the URL of the request line, after `?` or `&`."""


class TooLarge(Exception):
    """The answer is longer than any answer of PortOne."""


class BoundedReader(io.RawIOBase):
    """The bytes of one answer as they are read from the socket, until the time limit or MAX_ANSWER is exceeded.

    Raises TimeoutError after the deadline of `deadline.within`, and TooLarge.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        super().__init__()
        self._raw, self._sock, self._taken = raw, sock, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self._read_in_time(buffer)
        self._taken += count or 0
        if self._taken > MAX_ANSWER:
            raise TooLarge(f"more than {MAX_ANSWER} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _read_in_time(self, buffer: Any) -> int | None:
        left, usual = deadline.left(), self._sock.gettimeout()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        if usual is not None and usual <= left:
            return self._raw.readinto(buffer)
        # The connection may be reused by another call, which starts with its own limit.
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(usual)


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(BoundedReader(self.fp.detach(), sock))


class PlainConnection(HTTPConnection):
    """Appends the secret part of a query when the request is written.

    urllib3 and requests put the URL of a request into their log lines and exceptions, and never see that part.
    """

    response_class = _Answer
    _appended = ""

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        sent = dict(headers or {})
        self._appended = sent.pop(APPENDED_QUERY, "")
        super().request(method, url, body, sent, **options)

    def putrequest(self, method: str, url: str, *flags: Any, **options: Any) -> None:
        super().putrequest(method, url + self._appended, *flags, **options)


class TLSConnection(PlainConnection, HTTPSConnection):
    """The same over TLS."""


class PlainPool(HTTPConnectionPool):
    """A pool of these connections."""

    ConnectionCls = PlainConnection


class TLSPool(HTTPSConnectionPool):
    """A pool of these connections over TLS."""

    ConnectionCls = TLSConnection


class Wire(HTTPAdapter):
    """A pool of kept-alive connections with these limits, for any number of threads.

    It is used without a `requests.Session`: what threads must not share is a session's cookies, and what we do not
    want is its redirects, its proxies and passwords from the environment. The adapter below it keeps nothing but
    urllib3's pool, a locked queue that lends each connection to one thread at a time. A thread that finds the queue
    empty opens a connection of its own instead of waiting. No request is retried automatically.
    """

    def __init__(self, pool_size: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size, max_retries=0, pool_block=False)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TLSPool}

    def close(self) -> None:
        """Close the idle connections."""
        self.poolmanager.clear()
