"""`Idempotency-Key`: what is carried out once, what is refused, and for how long it is remembered."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.portone_simulator.clients import order_id
from tests.portone_simulator.v2.clients import V2_SECRET, V2Desk, refused
from tests.waiting import until

KEY = '"9b2f6f0e-6c5e-4d2c-8a3d"'
LIFE = 3 * 3600
"""Seconds for which PortOne remembers a key."""


def give_back(desk: V2Desk, payment_id: str, key: str | None = KEY, **wish: Any) -> requests.Response:
    """A cancel on a connection of its own, so that several may be under way."""
    headers = {"Authorization": f"PortOne {V2_SECRET}"} | ({} if key is None else {"Idempotency-Key": key})
    url = f"{desk.running.url}/v2/payments/{payment_id}/cancel"
    return requests.post(url, json={"reason": "returned", **wish}, headers=headers, timeout=60)


def taken(desk: V2Desk, transaction_id: str) -> int:
    """How much went back in all."""
    return int(desk.shown(transaction_id)["cancel_amount"])


def test_the_same_request_is_carried_out_once(desk: V2Desk) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    first, second = (give_back(desk, payment_id, amount=400) for _ in range(2))

    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert taken(desk, transaction_id) == 400


@pytest.mark.parametrize("keys", [(None, None), (KEY, '"another-key-of-the-shop"')])
def test_without_the_same_key_it_is_another_request(desk: V2Desk, keys: tuple[str | None, str | None]) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    first, second = (give_back(desk, payment_id, key, amount=400).json()["cancellation"] for key in keys)

    assert first["id"] != second["id"]
    assert taken(desk, transaction_id) == 800


def test_another_body_is_refused(desk: V2Desk) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    give_back(desk, payment_id, amount=400)

    assert refused(give_back(desk, payment_id, amount=500)) == (400, "INVALID_REQUEST")
    assert taken(desk, transaction_id) == 400


def test_another_payment_is_refused(desk: V2Desk) -> None:
    one, other = desk.order("approve")[0], desk.order("approve")
    give_back(desk, one)

    assert refused(give_back(desk, other[0])) == (400, "INVALID_REQUEST")
    assert taken(desk, other[1]) == 0


def test_while_the_first_is_under_way(desk: V2Desk) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    desk.faults({"kind": "hang_after", "endpoint": "payments.cancel", "seconds": 3, "times": 1})
    with ThreadPoolExecutor() as others:
        first = others.submit(give_back, desk, payment_id, amount=400)
        until(lambda: taken(desk, transaction_id), "the first cancel is carried out")
        second, stranger = (give_back(desk, payment_id, amount=amount) for amount in (400, 500))
        under_way = not first.done()
        answer = first.result()
    third = give_back(desk, payment_id, amount=400)

    assert under_way, "the answer came before anybody could ask again"
    assert refused(second) == (409, "IDEMPOTENCY_OUTSTANDING_REQUEST")
    assert refused(stranger) == (400, "INVALID_REQUEST")
    assert (third.json(), taken(desk, transaction_id)) == (answer.json(), 400)


@pytest.mark.parametrize("fault", ["reset_after", "html", "malformed"])
def test_an_answer_that_was_lost_is_given_again(desk: V2Desk, fault: str) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    desk.faults({"kind": fault, "endpoint": "payments.cancel", "times": 1})
    with pytest.raises(requests.RequestException):  # A reset, or something that is no JSON.
        give_back(desk, payment_id, amount=400).json()

    assert give_back(desk, payment_id, amount=400).json()["cancellation"]["totalAmount"] == 400
    assert taken(desk, transaction_id) == 400


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset_before"}])
def test_what_was_not_carried_out_is_not_remembered(desk: V2Desk, fault: dict[str, Any]) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    desk.faults({**fault, "endpoint": "payments.cancel", "times": 1})
    try:
        assert give_back(desk, payment_id, amount=400).status_code == 503
    except requests.ConnectionError:
        assert fault["kind"] == "reset_before"

    assert (give_back(desk, payment_id, amount=400).status_code, taken(desk, transaction_id)) == (200, 400)


@pytest.mark.parametrize(("later", "sum_of_all"), [(LIFE - 60, 400), (LIFE + 60, 800)])
def test_forgotten_after_three_hours(desk: V2Desk, later: int, sum_of_all: int) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)
    for _ in range(2):
        assert give_back(desk, payment_id, amount=400).status_code == 200
        desk.control("POST", "/clock", {"advance": later})

    assert taken(desk, transaction_id) == sum_of_all


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
def test_keys_that_are_none(desk: V2Desk, key: str) -> None:
    payment_id, transaction_id = desk.order("approve", amount=1000)

    assert refused(give_back(desk, payment_id, key)) == (400, "INVALID_REQUEST")
    assert taken(desk, transaction_id) == 0


@pytest.mark.parametrize("length", [16, 256])
def test_the_shortest_and_the_longest_key(desk: V2Desk, length: int) -> None:
    payment_id, _ = desk.order("approve", amount=1000)

    assert give_back(desk, payment_id, '"' + "k" * length + '"').status_code == 200


@pytest.mark.parametrize("key", [KEY, "short"])
def test_ignored_when_something_is_only_asked(desk: V2Desk, key: str) -> None:
    payment_id, transaction_id = desk.order()
    headers = {"Idempotency-Key": key}
    before = desk.ask("GET", f"/payments/{payment_id}", headers=headers).json()["status"]
    desk.act(transaction_id, "approve")
    after = desk.ask("GET", f"/payments/{payment_id}", headers=headers).json()["status"]

    assert (before, after) == ("READY", "PAID")


@pytest.mark.parametrize(
    ("errors", "second"), [("stored", (409, "PAYMENT_NOT_PAID")), ("forgotten", (200, "SUCCEEDED"))]
)
def test_refusals_are_stored_or_forgotten(desk: V2Desk, errors: str, second: tuple[int, str]) -> None:
    desk.settings(v2_idempotent_errors=errors)
    payment_id, transaction_id = desk.order()
    assert refused(give_back(desk, payment_id)) == (409, "PAYMENT_NOT_PAID")
    desk.act(transaction_id, "approve")
    answer = give_back(desk, payment_id)
    body = answer.json()

    assert (answer.status_code, body.get("type") or body["cancellation"]["status"]) == second


def test_a_stranger_learns_nothing(desk: V2Desk) -> None:
    payment_id, _ = desk.order("approve")
    give_back(desk, payment_id)
    headers = {"Idempotency-Key": KEY, "Authorization": "PortOne guessed"}
    answer = desk.ask("POST", f"/payments/{payment_id}/cancel", json={"reason": "returned"}, headers=headers)

    assert refused(answer) == (401, "UNAUTHORIZED")


def test_every_order_to_do_something_may_carry_a_key(desk: V2Desk) -> None:
    payment_id = order_id()
    path, headers = f"/payments/{payment_id}/pre-register", {"Idempotency-Key": KEY}
    for amount, status in ((1000, 200), (1000, 200), (2000, 400)):
        answer = desk.ask("POST", path, json={"totalAmount": amount}, headers=headers)
        assert answer.status_code == status
    desk.opened(generation="v2", merchant_uid=payment_id, amount=1000)
