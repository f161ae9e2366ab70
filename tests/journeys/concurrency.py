"""Concurrent users on real threads."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.shop import Json, Shop

VerifyRequest = TypeVar("Told")


def concurrently(*acts: Callable[[], VerifyRequest]) -> list[VerifyRequest]:
    """Run all of it at the same time, each on its own thread; the results in order."""
    line = threading.Barrier(len(acts))

    def start(act: Callable[[], VerifyRequest]) -> VerifyRequest:
        line.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(start, acts))


@contextmanager
def workers(shop: Shop, count: int = 3) -> Iterator[None]:
    """Workers that work meanwhile, and once more after the last request."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            shop.drain()

    with ThreadPoolExecutor(count) as threads:
        busy = [threads.submit(work) for _ in range(count)]
        try:
            yield
        finally:
            over.set()
    for one in busy:
        one.result()
    shop.drain()


def codes(answers: Sequence[object]) -> list[int]:
    """The HTTP statuses, sorted."""
    return sorted(answer.status_code for answer in answers)  # type: ignore[attr-defined]


def post(shop: Shop, path: str, body: Json, user: str = "hana", **headers: str) -> Any:
    """POST without expecting anything, on a client of its own."""
    return shop.app.test_client().post(f"/api/v1{path}", json=body, headers=shop.login(user) | headers)
