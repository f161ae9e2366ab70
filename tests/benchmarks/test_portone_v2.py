"""The stand-in for PortOne V2 gives the simulator's answers, and counts its calls."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import requests

from benchmarks import portone_v2
from benchmarks.portone import ORDER
from benchmarks.portone_v2 import PAID, TRANSACTION
from devstack.ports import free_port, is_free
from portone_simulator import Simulator
from tests.waiting import until

SECRET = "bench-v2-secret"
OTHER = "ord" + "0" * 14 + "123456789012"


@contextmanager
def _serving(recording: portone_v2.Recording) -> Iterator[str]:
    loop, port = asyncio.new_event_loop(), free_port()
    serving = loop.create_task(portone_v2.serve(recording, port, 0.0))
    thread = Thread(target=lambda: loop.run_until_complete(asyncio.wait([serving])))
    thread.start()
    try:
        until(lambda: not is_free(port), "the stand-in listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[str, str]]:
    """The simulator's V2, and the stand-in."""
    with Simulator(v2_api_secret=SECRET).serve() as simulator:
        recording = portone_v2.record(simulator.url, SECRET, amount=1500)
        with _serving(recording) as stand_in:
            yield f"{simulator.url}/v2", stand_in


def _ask(url: str, path: str) -> dict[str, Any]:
    headers = {"Authorization": f"PortOne {SECRET}", "Connection": "close"}
    answer: dict[str, Any] = requests.get(url + path, headers=headers, timeout=10).json()
    return answer


def test_a_payment_is_the_simulators_but_for_its_own_number(both: tuple[str, str]) -> None:
    simulator, stand_in = both

    real, played = _ask(simulator, f"/payments/{PAID}"), _ask(stand_in, f"/payments/{OTHER}?storeId=store")

    assert real["status"] == "PAID"
    named = json.dumps(real).replace(PAID, OTHER).replace(TRANSACTION, f"imp_{OTHER[-12:]}")
    assert json.loads(named) == played


def test_a_payment_is_ready_until_it_is_paid(both: tuple[str, str]) -> None:
    _, stand_in = both
    statuses = []
    for status in ("ready", "paid"):
        _ask(stand_in, f"/{status}")
        statuses.append(_ask(stand_in, f"/payments/{ORDER}")["status"])

    assert statuses == ["READY", "PAID"]


def test_every_call_is_counted(both: tuple[str, str]) -> None:
    _, stand_in = both

    def counted() -> int:
        return sum(_ask(stand_in, "/calls").values())

    before = counted()
    _ask(stand_in, f"/payments/{ORDER}")
    requests.post(f"{stand_in}/payments/{ORDER}/pre-register", json={"totalAmount": 1500}, timeout=10)

    assert counted() == before + 2
