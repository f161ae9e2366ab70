"""Many at once: one winner where there can be only one, and nobody waits for the slow."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.portone_simulator.clients import SimulatorClient


def test_of_racing_cancels_with_the_same_checksum_one_wins(simulator: SimulatorClient) -> None:
    imp_uid, headers = simulator.paid(amount=1000), {"Authorization": simulator.token()}
    wish = {"imp_uid": imp_uid, "amount": 100, "checksum": 1000}

    def cancel(_: int) -> int:
        answer = requests.post(f"{simulator.running.url}/payments/cancel", json=wish, headers=headers, timeout=30)
        return int(answer.json()["code"])

    with ThreadPoolExecutor(8) as crowd:
        codes = Counter(crowd.map(cancel, range(16)))

    assert codes == {0: 1, 1: 15}
    assert simulator.shown(imp_uid)["cancel_amount"] == 100


def test_one_registration_of_many(simulator: SimulatorClient) -> None:
    headers = {"Authorization": simulator.token()}

    def prepare(amount: int) -> int:
        body = {"merchant_uid": "raced", "amount": amount}
        answer = requests.post(f"{simulator.running.url}/payments/prepare", json=body, headers=headers, timeout=30)
        return int(answer.json()["code"])

    with ThreadPoolExecutor(8) as crowd:
        assert Counter(crowd.map(prepare, range(1, 17))) == {0: 1, 1: 15}


def test_slow_answers_are_slow_together(simulator: SimulatorClient) -> None:
    """Sixty answers of half a second each would take half a minute one after the other."""
    headers = {"Authorization": simulator.token()}
    simulator.faults({"kind": "latency", "endpoint": "codes.*", "seconds": 0.5})

    def look(_: int) -> int:
        return requests.get(f"{simulator.running.url}/banks/088", headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(60) as crowd:
        assert set(crowd.map(look, range(60))) == {200}
    calls = simulator.control("GET", "/calls?path=/banks")["calls"]
    concurrently = [call for call in calls if call["at"] < calls[0]["at"] + calls[0]["seconds"]]

    assert len(concurrently) > 1
