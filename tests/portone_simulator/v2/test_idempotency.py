"""`Idempotency-Key`: what is carried out once, what is refused, and for how long it is remembered."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import V2_SECRET, V2SimulatorClient, refused
from tests.waiting import until

KEY = '"9b2f6f0e-6c5e-4d2c-8a3d"'
LIFE = 3 * 3600
"""Seconds for which PortOne remembers a key."""


def give_back(simulator: V2SimulatorClient, payment_id: str, key: str | None = KEY, **wish: Any) -> requests.Response:
    """A cancel on a connection of its own, so that several may be under way."""
    headers = {"Authorization": f"PortOne {V2_SECRET}"} | ({} if key is None else {"Idempotency-Key": key})
    url = f"{simulator.running.url}/v2/payments/{payment_id}/cancel"
    return requests.post(url, json={"reason": "returned", **wish}, headers=headers, timeout=60)


def taken(simulator: V2SimulatorClient, transaction_id: str) -> int:
    """How much went back in all."""
    return int(simulator.shown(transaction_id)["cancel_amount"])


def test_the_same_request_is_carried_out_once(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    first, second = (give_back(simulator, payment_id, amount=400) for _ in range(2))

    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert taken(simulator, transaction_id) == 400


@pytest.mark.parametrize("keys", [(None, None), (KEY, '"another-key-of-the-shop"')])
def test_without_the_same_key_it_is_another_request(
    simulator: V2SimulatorClient, keys: tuple[str | None, str | None]
) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    first, second = (give_back(simulator, payment_id, key, amount=400).json()["cancellation"] for key in keys)

    assert first["id"] != second["id"]
    assert taken(simulator, transaction_id) == 800


def test_another_body_is_refused(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    give_back(simulator, payment_id, amount=400)

    assert refused(give_back(simulator, payment_id, amount=500)) == (400, "INVALID_REQUEST")
    assert taken(simulator, transaction_id) == 400


def test_another_payment_is_refused(simulator: V2SimulatorClient) -> None:
    one, other = simulator.order("approve")[0], simulator.order("approve")
    give_back(simulator, one)

    assert refused(give_back(simulator, other[0])) == (400, "INVALID_REQUEST")
    assert taken(simulator, other[1]) == 0


def test_while_the_first_is_under_way(simulator: V2SimulatorClient) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.faults({"kind": "hang_after", "endpoint": "payments.cancel", "seconds": 3, "times": 1})
    with ThreadPoolExecutor() as others:
        first = others.submit(give_back, simulator, payment_id, amount=400)
        until(lambda: taken(simulator, transaction_id), "the first cancel is carried out")
        second, stranger = (give_back(simulator, payment_id, amount=amount) for amount in (400, 500))
        under_way = not first.done()
        answer = first.result()
    third = give_back(simulator, payment_id, amount=400)

    assert under_way, "the answer came before anybody could ask again"
    assert refused(second) == (409, "IDEMPOTENCY_OUTSTANDING_REQUEST")
    assert refused(stranger) == (400, "INVALID_REQUEST")
    assert (third.json(), taken(simulator, transaction_id)) == (answer.json(), 400)


@pytest.mark.parametrize("fault", ["reset_after", "html", "malformed"])
def test_an_answer_that_was_lost_is_given_again(simulator: V2SimulatorClient, fault: str) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.faults({"kind": fault, "endpoint": "payments.cancel", "times": 1})
    with pytest.raises(requests.RequestException):  # A reset, or something that is no JSON.
        give_back(simulator, payment_id, amount=400).json()

    assert give_back(simulator, payment_id, amount=400).json()["cancellation"]["totalAmount"] == 400
    assert taken(simulator, transaction_id) == 400


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset_before"}])
def test_what_was_not_carried_out_is_not_remembered(simulator: V2SimulatorClient, fault: dict[str, Any]) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    simulator.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    try:
        assert give_back(simulator, payment_id, amount=400).status_code == 503
    except requests.ConnectionError:
        assert fault["kind"] == "reset_before"

    assert (give_back(simulator, payment_id, amount=400).status_code, taken(simulator, transaction_id)) == (200, 400)


@pytest.mark.parametrize(("later", "sum_of_all"), [(LIFE - 60, 400), (LIFE + 60, 800)])
def test_forgotten_after_three_hours(simulator: V2SimulatorClient, later: int, sum_of_all: int) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)
    for _ in range(2):
        assert give_back(simulator, payment_id, amount=400).status_code == 200
        simulator.control("POST", "/clock", {"advance": later})

    assert taken(simulator, transaction_id) == sum_of_all


@pytest.mark.parametrize(
    "key",
    [
        KEY.strip('"'),
        '"' + "k" * 15 + '"',
        '"' + "k" * 257 + '"',
        KEY[:-1],
        f"'{KEY[1:-1]}'",
        '"sixteen or more\tof them"',
        '"sixteen or more" of them',
        '""',
    ],
)
def test_invalid_keys(simulator: V2SimulatorClient, key: str) -> None:
    payment_id, transaction_id = simulator.order("approve", amount=1000)

    assert refused(give_back(simulator, payment_id, key)) == (400, "INVALID_REQUEST")
    assert taken(simulator, transaction_id) == 0


@pytest.mark.parametrize("length", [16, 256])
def test_the_shortest_and_the_longest_key(simulator: V2SimulatorClient, length: int) -> None:
    payment_id, _ = simulator.order("approve", amount=1000)

    assert give_back(simulator, payment_id, '"' + "k" * length + '"').status_code == 200


@pytest.mark.parametrize("key", [KEY, "short"])
def test_ignored_when_something_is_only_asked(simulator: V2SimulatorClient, key: str) -> None:
    payment_id, transaction_id = simulator.order()
    headers = {"Idempotency-Key": key}
    before = simulator.ask("GET", f"/payments/{payment_id}", headers=headers).json()["status"]
    simulator.act(transaction_id, "approve")
    after = simulator.ask("GET", f"/payments/{payment_id}", headers=headers).json()["status"]

    assert (before, after) == ("READY", "PAID")


@pytest.mark.parametrize(
    ("errors", "second"), [("stored", (409, "PAYMENT_NOT_PAID")), ("forgotten", (200, "SUCCEEDED"))]
)
def test_refusals_are_stored_or_forgotten(simulator: V2SimulatorClient, errors: str, second: tuple[int, str]) -> None:
    simulator.settings(v2_idempotent_errors=errors)
    payment_id, transaction_id = simulator.order()
    assert refused(give_back(simulator, payment_id)) == (409, "PAYMENT_NOT_PAID")
    simulator.act(transaction_id, "approve")
    answer = give_back(simulator, payment_id)
    body = answer.json()

    assert (answer.status_code, body.get("type") or body["cancellation"]["status"]) == second


def test_without_the_secret_nothing_is_revealed(simulator: V2SimulatorClient) -> None:
    payment_id, _ = simulator.order("approve")
    give_back(simulator, payment_id)
    headers = {"Idempotency-Key": KEY, "Authorization": "PortOne guessed"}
    answer = simulator.ask("POST", f"/payments/{payment_id}/cancel", json={"reason": "returned"}, headers=headers)

    assert refused(answer) == (401, "UNAUTHORIZED")


def test_every_command_accepts_a_key(simulator: V2SimulatorClient) -> None:
    payment_id = order_id()
    path, headers = f"/payments/{payment_id}/pre-register", {"Idempotency-Key": KEY}
    for amount, status in ((1000, 200), (1000, 200), (2000, 400)):
        answer = simulator.ask("POST", path, json={"totalAmount": amount}, headers=headers)
        assert answer.status_code == status
    simulator.opened(generation="v2", merchant_uid=payment_id, amount=1000)
