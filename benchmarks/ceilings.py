"""What could at best be reached: the same server, database and threads doing nothing but the one unavoidable thing."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import requests
from requests.adapters import HTTPAdapter

from benchmarks.load import CLIENTS, Result, summary


class Constant:
    """A WSGI application that answers always the same, to be run by the same server with the same settings."""

    def __init__(self) -> None:
        self.extensions: dict[str, Any] = {}  # Where the server's settings leave their stop event, as with Flask.

    def __call__(self, _environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer."""
        body = b'{"status":"ok"}'
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


constant = Constant()


def commits(database_url: str, seconds: float, clients: int = CLIENTS) -> Result:
    """One row inserted and committed, over and over, on as many connections as the load has clients."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, body text)")
    books: list[list[float]] = [[] for _ in range(clients)]
    end = threading.Event()

    def client(number: int) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            while not end.is_set():
                begun = time.perf_counter()
                connection.execute("INSERT INTO bench_rows (body) VALUES (%s)", ("x" * 200,))
                books[number].append(time.perf_counter() - begun)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    end.wait(seconds)
    end.set()
    for thread in threads:
        thread.join()
    return summary([took for book in books for took in book], time.perf_counter() - begun)


def calls(url: str, headers: dict[str, str], count: int, threads: int) -> Result:
    """`count` calls to PortOne from `threads` threads that do nothing else."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=threads))

    def call(_number: int) -> float:
        begun = time.perf_counter()
        session.get(url, headers=headers, timeout=30).raise_for_status()
        return time.perf_counter() - begun

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(call, range(threads)))
        begun = time.perf_counter()
        took = list(pool.map(call, range(count)))
        return summary(took, time.perf_counter() - begun)
