"""Load is offered as it was planned, and waiting is counted from the intended start."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from benchmarks.lane import UNANSWERED, Lane, complete
from benchmarks.load import Plan, message, run
from tests.waiting import POLL

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"", None),
        (b"HTTP/1.1 200 OK\r\nContent-Len", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", None),
        (ANSWER, 200),
        (b"HTTP/1.1 201 CREATED\r\nX: 1\r\ncontent-length: 0\r\n\r\n", 201),
        (b"HTTP/1.1 304 NOT MODIFIED\r\nETag: x\r\n\r\n", 304),
    ],
)
def test_an_answer_is_complete_with_its_last_byte(answer: bytes, status: int | None) -> None:
    assert complete(answer) == status


def test_a_message_is_a_whole_request() -> None:
    head, _, body = message("POST", "/orders", {"n": 1}, "abc", {"If-None-Match": "x"}).partition(b"\r\n\r\n")

    assert head.startswith(b"POST /orders HTTP/1.1\r\n")
    assert {b"Authorization: Bearer abc", b"If-None-Match: x", b"Content-Length: 8"} <= set(head.split(b"\r\n"))
    assert body == b'{"n": 1}'


class Server:
    """Responds, or disconnects, only on command."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            await self.asked.put(writer)


async def _until_idle(lane: Lane, under_way: int) -> None:
    async with asyncio.timeout(10):
        while lane.under_way > under_way:
            await asyncio.sleep(0)


def test_queueing_time_counts() -> None:
    async def play() -> list[float]:
        server, now = Server(), 0.0
        async with await asyncio.start_server(server, "127.0.0.1") as listening:
            host, port = listening.sockets[0].getsockname()
            lane = Lane(f"{host}:{port}", iter([b"one", b"two", b"three"]), lambda: now)
            await lane.connect()
            assert [lane.offer(due) for due in (0.0, 1.0, 2.0, 3.0)] == [True, True, True, False]
            for moment, left in ((5.0, 2), (6.0, 1), (7.0, 0)):
                writer, now = await server.asked.get(), moment
                writer.write(ANSWER)
                await _until_idle(lane, left)
            lane.close()
            return lane.between(0, 10, started=True)[0]

    assert asyncio.run(play()) == [5, 5, 5]


def test_a_broken_connection_is_a_failure_and_is_replaced() -> None:
    async def play() -> Counter[int]:
        server = Server()
        async with await asyncio.start_server(server, "127.0.0.1") as listening:
            host, port = listening.sockets[0].getsockname()
            lane = Lane(f"{host}:{port}", iter([b"one", b"two"]), lambda: 1.0)
            await lane.connect()
            lane.offer(0.0)
            lane.offer(0.0)
            (await server.asked.get()).transport.abort()
            (await server.asked.get()).write(ANSWER)
            await _until_idle(lane, 0)
            lane.close()
            return lane.between(0, 10, started=True)[1]

    assert asyncio.run(play()) == {UNANSWERED: 1, 200: 1}


class Counting(BaseHTTPRequestHandler):
    """Records the requested paths."""

    protocol_version = "HTTP/1.1"
    paths: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        self.paths[self.path] += 1
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def address() -> Iterator[str]:
    Counting.paths.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("rate", [None, 1000.0])
def test_once_means_each_request_exactly_once(address: str, rate: float | None) -> None:
    paths = [f"/{n}" for n in range(20)]
    requests = [message("GET", path) for path in paths]

    (sample,) = run(Plan([(address, requests)], 10, rate, connections=3, once=True))

    assert Counting.paths == dict.fromkeys(paths, 1)
    assert sample.answers == len(paths)


def test_lanes_take_turns_and_failures_are_counted(address: str) -> None:
    good, bad = run(
        Plan([(address, [message("GET", "/")]), (address, [message("GET", "/missing")])], 0.2, 200.0, connections=2)
    )

    assert bad.failures == sum(bad.statuses.values()) == sum(good.statuses.values()) > 0
    assert good.failures == 0
