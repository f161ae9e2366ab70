"""The upper bound: threads that call PortOne and do nothing else."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import requests
from requests.adapters import HTTPAdapter

THREADS: Final = 200
"""The number of concurrent calls in one of our workers (PORTONE_CONCURRENCY)."""


def calls(url: str, headers: dict[str, str], count: int, threads: int) -> float:
    """Calls per second to PortOne from `threads` threads that do nothing else, over `count` of them."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=threads))

    def call(_number: int) -> None:
        session.get(url, headers=headers, timeout=30).raise_for_status()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(call, range(threads)))
        begun = time.perf_counter()
        list(pool.map(call, range(count)))
        return count / (time.perf_counter() - begun)
