"""JWT_SECRET_KEY is changed while people are logged in."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from pitturu.api.tokens import key_id
from tests.api.test_auth import whoami
from tests.shop import PASSWORD, Shop
from tests.values import settings_for

FIRST, SECOND = settings_for().jwt_secret_key, "s" * 40


@pytest.fixture
def tokens(shop: Shop) -> dict[str, Any]:
    """Tokens signed with the first key."""
    shop.login("hana")
    answer: dict[str, Any] = shop.client.post(
        "/api/v1/auth/login", json={"username": "hana", "password": PASSWORD}
    ).json
    return answer


def test_nobody_is_logged_out(shop_with: Callable[..., Shop], tokens: dict[str, Any]) -> None:
    changed = shop_with(jwt_secret_key=SECOND, jwt_old_secret_key=FIRST)
    assert whoami(changed, tokens["access_token"]) == 200

    renewed = changed.client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json

    over = shop_with(jwt_secret_key=SECOND)
    assert [whoami(over, one["access_token"]) for one in (tokens, renewed)] == [401, 200]


def test_the_key_before_signs_nothing_new(shop_with: Callable[..., Shop], tokens: dict[str, Any]) -> None:
    """Whoever stole it can go on with it until it is dropped, and no longer; what we issue names the new one."""
    changed = shop_with(jwt_secret_key=SECOND, jwt_old_secret_key=FIRST)
    renewed = changed.client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json

    assert jwt.decode(renewed["access_token"], SECOND, algorithms=["HS256"])["sub"] == "hana"
    headers = [jwt.get_unverified_header(one["access_token"])["kid"] for one in (tokens, renewed)]
    assert headers[0] != headers[1]


@pytest.mark.parametrize("kid", [None, "unknown", "", "the key before"])
def test_a_token_of_a_stranger_names_any_key(
    shop_with: Callable[..., Shop], tokens: dict[str, Any], kid: object
) -> None:
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    known = {None: {}, "the key before": {"kid": key_id(FIRST)}}
    forged = jwt.encode(claims, "f" * 40, headers=known.get(kid, {"kid": kid}))

    assert whoami(shop_with(jwt_secret_key=SECOND, jwt_old_secret_key=FIRST), forged) == 401
