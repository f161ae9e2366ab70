"""Closed-loop load over HTTP: some clients, each with one connection, each sending the next request after an answer."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

CLIENTS: Final = 16
"""Enough to keep two cores busy, few enough that the load itself does not take them."""

Request = tuple[str, str, bytes | None, dict[str, str]]
"""Method, path, body, headers."""


@dataclass(frozen=True)
class Result:
    """What the clients saw: answers per second, milliseconds, and how many answers were not a success."""

    per_second: float
    p50: float
    p99: float
    failures: int


def hammer(address: str, make: Callable[[], Request], seconds: float, clients: int = CLIENTS) -> Result:
    """Send what `make` makes to `address` (host:port) for a while."""
    warm = threading.Barrier(clients + 1)
    end = threading.Event()
    books: list[list[float]] = [[] for _ in range(clients)]
    failures = [0] * clients

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(address, timeout=30)
        _send(connection, make())
        warm.wait()
        while not end.is_set():
            request = make()
            begun = time.perf_counter()
            status = _send(connection, request)
            books[number].append(time.perf_counter() - begun)
            failures[number] += status >= 400
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    warm.wait()
    begun = time.perf_counter()
    end.wait(seconds)
    end.set()
    for thread in threads:
        thread.join()
    return summary([took for book in books for took in book], time.perf_counter() - begun, sum(failures))


def summary(took: Sequence[float], seconds: float, failures: int = 0) -> Result:
    """Rate and percentiles of these durations (seconds)."""
    percent = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return Result(len(took) / seconds, percent[49] * 1000, percent[98] * 1000, failures)


def _send(connection: http.client.HTTPConnection, request: Request) -> int:
    method, path, body, headers = request
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status
