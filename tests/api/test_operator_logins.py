"""Operators lose their rights at once, whatever their access token says."""

from typing import Any

from tests.api.test_auth import ask
from tests.shop import PASSWORD, Shop


def operator_call(shop: Shop, headers: dict[str, str]) -> Any:
    return shop.client.get("/api/v1/operations/dead", headers=headers)


def test_a_demoted_operator_stops_at_once(shop: Shop) -> None:
    headers = shop.login("boss", role="admin")
    session = shop.paid()
    assert operator_call(shop, headers).status_code == 200

    shop.promote("boss", "buyer")

    assert operator_call(shop, headers).json["code"] == "operators_only"
    path = f"/api/v1/payments/{session['payment_id']}"
    assert shop.client.get(path, headers=headers).status_code == 404
    cancel = {"reason": "for myself", "amount": 1_000}
    assert shop.client.post(f"{path}/cancel", json=cancel, headers=headers).status_code == 404


def test_an_operators_login_ends_at_once(shop: Shop) -> None:
    """Logging out ends this login; another login of the same operator goes on."""
    shop.login("boss", role="admin")
    first, second = (ask(shop, "login", username="boss", password=PASSWORD) for _ in range(2))
    headers = [{"Authorization": f"Bearer {tokens['access_token']}"} for tokens in (first, second)]
    assert [operator_call(shop, one).status_code for one in headers] == [200, 200]

    ask(shop, "logout", refresh_token=first["refresh_token"])

    ended, going_on = (operator_call(shop, one) for one in headers)
    assert (ended.status_code, ended.json["code"], going_on.status_code) == (401, "login_ended", 200)


def test_an_operators_login_survives_its_refresh(shop: Shop) -> None:
    shop.login("boss", role="admin")
    tokens = ask(shop, "login", username="boss", password=PASSWORD)
    ask(shop, "refresh", refresh_token=tokens["refresh_token"])

    assert operator_call(shop, {"Authorization": f"Bearer {tokens['access_token']}"}).status_code == 200
