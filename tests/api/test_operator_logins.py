"""Operators lose their rights at once, whatever their access token says."""

from typing import Any

import jwt

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


def old_token(shop: Shop, role: str) -> dict[str, str]:
    """Headers with an access token of the login of the boss that names this role."""
    claims = jwt.decode(shop.login("boss")["Authorization"].split()[1], options={"verify_signature": False})
    key = shop.app.config["JWT_SECRET_KEY"]
    return {"Authorization": f"Bearer {jwt.encode(claims | {'role': role}, key, 'HS256')}"}


def test_an_operators_token_of_the_release_before_is_an_admins(shop: Shop) -> None:
    shop.login("boss", role="admin")

    assert shop.client.get("/api/v1/me", headers=old_token(shop, "operator")).json["role"] == "admin"
    shop.promote("boss", "viewer")
    assert shop.client.get("/api/v1/me", headers=old_token(shop, "operator")).json["role"] == "viewer"


def test_a_role_that_this_release_does_not_know_is_a_buyers(shop: Shop) -> None:
    shop.login("boss", role="admin")
    assert shop.client.get("/api/v1/me", headers=old_token(shop, "superuser")).json["role"] == "buyer"
