"""One server under load: its connections, the free ones, and the queue of requests."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator

UNANSWERED = 0
"""Stands for the status when the connection broke or no response arrived in time."""


class Connection(asyncio.Protocol):
    """A kept-alive HTTP connection that carries one request at a time, given as bytes."""

    def __init__(self, lane: "Lane") -> None:
        self._lane, self._answer = lane, b""
        self._due: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, due: float, request: bytes) -> None:
        """Send the request that was scheduled for `due`."""
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        status = complete(self._answer)
        if status is not None and self._due is not None:
            due, self._due, self._answer = self._due, None, b""
            self._lane.answered(self, due, status)

    def connection_lost(self, error: Exception | None) -> None:
        self._lane.lost(self, self._due)

    def close(self) -> None:
        """Close the connection."""
        self._transport.abort()


class Lane:
    """Sends requests over several connections and records each response's delay after the scheduled start.

    A request that finds no free connection waits in a queue, and the waiting time counts: load at a constant rate must
    not slow down together with the server.
    """

    def __init__(self, address: str, requests: Iterator[bytes], clock: Callable[[], float]) -> None:
        host, _, port = address.partition(":")
        self._where, self._requests, self._clock = (host, int(port)), requests, clock
        self._free: deque[Connection] = deque()
        self._line: deque[tuple[float, bytes]] = deque()
        self._connections: set[Connection] = set()
        self._records: list[tuple[float, float, int]] = []
        self._endless = False
        self.under_way = 0

    async def connect(self, count: int = 1) -> None:
        """Open that many more connections."""
        for _ in range(count):
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(lambda: Connection(self), *self._where)
            self._connections.add(connection)
            self._employ(connection)

    def saturate(self) -> None:
        """From now on every connection sends its next request as soon as it has received a response."""
        self._endless = True
        free, self._free = self._free, deque()
        for connection in free:
            self._employ(connection)

    def offer(self, due: float) -> bool:
        """A request scheduled for `due`; False when there is none left."""
        request = next(self._requests, None)
        if request is not None:
            self.under_way += 1
            self._line.append((due, request))
            if self._free:
                self._employ(self._free.popleft())
        return request is not None

    def answered(self, connection: Connection, due: float, status: int) -> None:
        """Record the result, and give the connection its next request."""
        self._records.append((due, self._clock(), status))
        self.under_way -= 1
        self._employ(connection)

    def lost(self, connection: Connection, due: float | None) -> None:
        """A connection broke. Its request has failed; another connection replaces it."""
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        if due is None:
            self._free.remove(connection)
        else:
            self._records.append((due, self._clock(), UNANSWERED))
            self.under_way -= 1
        self._again = asyncio.ensure_future(self.connect())

    def finish(self) -> None:
        """Start nothing more; requests in progress or in the queue continue."""
        self._endless = False

    def close(self) -> None:
        """Close all connections."""
        gone, self._connections = self._connections, set()
        for connection in gone:
            connection.close()

    def between(self, begin: float, end: float, *, started: bool) -> tuple[list[float], Counter[int]]:
        """(seconds, statuses) of the requests that were scheduled, or else answered, in this interval."""
        moments = ((due if started else done, done - due, status) for due, done, status in self._records)
        counted = [(took, status) for moment, took, status in moments if begin <= moment < end]
        return [took for took, _ in counted], Counter(status for _, status in counted)

    @property
    def answers(self) -> int:
        """How many requests were answered so far."""
        return len(self._records)

    def _employ(self, connection: Connection) -> None:
        if self._line:
            connection.send(*self._line.popleft())
        elif self._endless and (request := next(self._requests, None)) is not None:
            self.under_way += 1
            connection.send(self._clock(), request)
        else:
            self._free.append(connection)


def complete(answer: bytes) -> int | None:
    """The status of a complete HTTP response, None while it is incomplete. Content-Length is required, as gunicorn
    sends it, or chunks."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = answer[:end].lower()
    if b"\r\ntransfer-encoding: chunked" in head:
        return int(answer[9:12]) if answer.endswith(b"\r\n0\r\n\r\n") else None
    at = head.find(b"\r\ncontent-length:")
    length = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return int(answer[9:12]) if len(answer) >= end + 4 + length else None
