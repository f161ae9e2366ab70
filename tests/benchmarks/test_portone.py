"""The stand-in for PortOne gives the simulator's answers."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from benchmarks import portone
from benchmarks.portone import ORDER
from devstack.ports import free_port
from portone_simulator import Simulator

KEYS = {"imp_key": "bench-key", "imp_secret": "bench-secret"}
OTHER = "ord" + "0" * 14 + "123456789012"


def _ask(url: str, path: str) -> dict[str, Any]:
    token = requests.post(f"{url}/users/getToken", json=KEYS, timeout=10).json()["response"]["access_token"]
    answer = requests.get(url + path, headers={"Authorization": token}, timeout=10)
    told: dict[str, Any] = answer.json()
    return told | {"http": answer.status_code}


def _beside(check: Callable[[str, str], Any]) -> Any:
    """The results of `check(simulator, stand-in)` for both."""
    with Simulator(**KEYS).serve() as simulator:
        recording = portone.record(simulator.url, *KEYS.values(), amount=1500)
        port = free_port()

        async def play() -> Any:
            serving = asyncio.create_task(portone.serve(recording, port, 0.0))
            try:
                async with asyncio.timeout(20):
                    while not serving.done():
                        try:
                            _, writer = await asyncio.open_connection("127.0.0.1", port)
                        except OSError:
                            await asyncio.sleep(0.01)
                        else:
                            writer.close()
                            break
                    return await asyncio.to_thread(check, simulator.url, f"http://127.0.0.1:{port}")
            finally:
                serving.cancel()

        return asyncio.run(play())


@pytest.mark.parametrize(
    "path",
    [
        f"/payments/find/{ORDER}",
        f"/payments/findAll/{ORDER}?limit=100&sorting=-paid",
        f"/payments?merchant_uid%5B%5D={ORDER}",
    ],
)
def test_a_payment_is_the_simulators_but_for_its_own_number(path: str) -> None:
    def check(simulator: str, stand_in: str) -> tuple[Any, Any]:
        return _ask(simulator, path), _ask(stand_in, path)

    real, played = _beside(check)

    (number,) = set(re.findall("imp_[0-9]{12}", json.dumps(real)))
    assert json.loads(json.dumps(real).replace(number, "imp_" + ORDER[-12:])) == played
    assert real["http"] == 200


def test_every_order_has_a_payment_of_its_own() -> None:
    def check(_simulator: str, stand_in: str) -> Any:
        return _ask(stand_in, f"/payments/find/{OTHER}")["response"]

    found = _beside(check)

    assert (found["merchant_uid"], found["imp_uid"], found["amount"]) == (OTHER, "imp_123456789012", 1500)


def test_several_orders_have_a_payment_each() -> None:
    def check(_simulator: str, stand_in: str) -> Any:
        return _ask(stand_in, f"/payments?merchant_uid%5B%5D={OTHER}&merchant_uid%5B%5D={ORDER}")["response"]

    found = _beside(check)

    assert [(one["merchant_uid"], one["imp_uid"]) for one in found] == [
        (OTHER, "imp_123456789012"),
        (ORDER, "imp_777777777777"),
    ]


def test_an_amount_is_registered_under_the_orders_own_number() -> None:
    def check(_simulator: str, stand_in: str) -> Any:
        wanted = {"merchant_uid": OTHER, "amount": 1500}
        return requests.post(f"{stand_in}/payments/prepare", json=wanted, timeout=10).json()

    found = _beside(check)

    assert found["code"] == 0
    assert found["response"]["merchant_uid"] == OTHER
