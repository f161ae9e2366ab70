"""HTTP servers with faults below HTTP: they reset, drip, hang, send wrong lengths and never stop sending."""

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Received:
    """One request as it came off the socket."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """The body of a JSON request."""
        return json.loads(self.body)


class Peer:
    """One accepted connection, as a behaviour sees it."""

    def __init__(self, sock: socket.socket, request: Received, closing: threading.Event) -> None:
        self.sock, self.request, self.closing = sock, request, closing

    def send(self, data: bytes) -> None:
        """Send, unless the client has disconnected."""
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send byte after byte, 20 ms apart."""
        for byte in data:
            self.send(bytes([byte]))
            if self.closing.wait(0.02):
                return

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # A socket that is still read as a file would survive its own close().
        os.close(self.sock.detach())


Behaviour = Callable[[Peer], None]
"""Answers one request. The connection is kept for the next one until the behaviour closes it."""


class FaultyServer:
    """Serves `behaviour` on a port of its own, a thread for each connection; keeps every request in `requests`."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour, self.requests, self.connections = behaviour, list[Received](), 0
        self._closing, self._open = threading.Event(), list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for sock in (self._listener, *self._open):
            # Only a shutdown wakes a thread that is blocked in accept or recv.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            with sock, sock.makefile("rb") as stream:
                while (request := _read(stream)) is not None:
                    self.requests.append(request)
                    self.behaviour(Peer(sock, request, self._closing))
        except OSError:
            return


def http(body: bytes, status: int = 200, *headers: str, length: int | None = None) -> bytes:
    """A complete answer; `length` lies about the body's."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def envelope(response: object, code: int = 0, message: str | None = None, status: int = 200) -> bytes:
    """An answer in PortOne's envelope."""
    return http(json.dumps({"code": code, "message": message, "response": response}).encode(), status)


def says(data: bytes) -> Behaviour:
    """Always the same bytes."""
    return lambda peer: peer.send(data)


def _read(stream: socket.SocketIO) -> Received | None:
    first = stream.readline().decode().split()
    if len(first) != 3:
        return None
    headers = dict[str, str]()
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Received(first[0], first[1], headers, body)
