"""Preparing a session again, perhaps with another payment method, and closing it."""

from typing import Any

import pytest

from tests.shop import Shop

SESSIONS = "/payments/sessions"


def test_prepare_is_idempotent(shop: Shop) -> None:
    session = shop.open(prepared=False)
    path = f"{SESSIONS}/{session['session_id']}/prepare"

    first = shop.client.post(f"/api/v1{path}", headers=shop.login())
    shop.drain()

    assert (first.status_code, first.json["status"]) == (202, "created")
    assert first.headers["Location"] == f"/api/v1{SESSIONS}/{session['session_id']}"
    assert shop.post(path, {})["status"] == "prepared"


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain"])
def test_prepare_needs_no_body(shop: Shop, kind: str | None) -> None:
    path = f"/api/v1{SESSIONS}/{shop.open(pay_method='trans')['session_id']}/prepare"

    answer = shop.client.post(path, headers=shop.login(), content_type=kind)

    assert (answer.status_code, answer.json["pay_method"]) == (202, "trans")


def test_only_prepare_does_without_one(shop: Shop) -> None:
    assert shop.client.post("/api/v1/payments/verify", headers=shop.login()).status_code == 415


@pytest.mark.parametrize("body", [{"pay_method": "gold"}, {"pay_method": 1}, {"pay_method": "card", "amount": 1}])
def test_prepare_accepts_a_payment_method_and_nothing_else(shop: Shop, body: dict[str, Any]) -> None:
    path = f"{SESSIONS}/{shop.open()['session_id']}/prepare"

    assert shop.post(path, body, status=422)["code"] == "validation_failed"


def test_close_says_where_to_poll(shop: Shop) -> None:
    session = shop.open()
    path = f"/api/v1{SESSIONS}/{session['session_id']}"
    headers = {**shop.login(), "Idempotency-Key": "once"}

    first, second = (shop.client.post(f"{path}/close", headers=headers) for _ in range(2))

    assert (first.status_code, first.headers["Location"]) == (202, path)
    assert (second.status_code, second.headers["Location"], second.json) == (202, path, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
