"""Verified tokens are cached for a limited time, in limited number."""

from dataclasses import replace

import pytest
import time_machine

from pitturu.api import authentication
from pitturu.api.authentication import BELIEVED_FOR
from pitturu.services import KEY, WEB_KEY, services_of, web_services_of
from tests.shop import Shop


def take_key_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on verification refuses every token; cached ones are still accepted."""
    services = services_of(shop.app)
    settings = replace(services.settings, jwt_secret_key="no token of the tests is signed with it")
    monkeypatch.setitem(shop.app.extensions, KEY, replace(services, settings=settings))


def status(shop: Shop, token: str) -> int:
    return shop.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def tokens(shop: Shop, *names: str) -> list[str]:
    """A new access token for each of these buyers."""
    body = {"password": "a password of the tests"}
    for name in names:
        assert shop.client.post("/api/v1/auth/register", json=body | {"username": name}).status_code == 201
    logins = [shop.client.post("/api/v1/auth/login", json=body | {"username": name}) for name in names]
    return [login.json["access_token"] for login in logins]


def test_a_withdrawn_key_is_accepted_for_a_minute_at_most(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (token,) = tokens(shop, "hana")
    assert status(shop, token) == 200
    take_key_back(shop, monkeypatch)
    with time_machine.travel(BELIEVED_FOR / 2):
        assert status(shop, token) == 200
    with time_machine.travel(BELIEVED_FOR):
        assert status(shop, token) == 401


def test_an_operators_token_is_verified_for_every_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    token = shop.login("boss", "viewer")["Authorization"].removeprefix("Bearer ")
    assert status(shop, token) == 200
    take_key_back(shop, monkeypatch)
    assert status(shop, token) == 401


def test_a_refusal_is_not_cached(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (token,) = tokens(shop, "hana")
    with monkeypatch.context() as meanwhile:
        take_key_back(shop, meanwhile)
        assert status(shop, token) == 401
    assert status(shop, token) == 200


def test_the_least_recently_used_token_is_dropped_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "MOST_BELIEVED", 2)
    small = replace(web_services_of(shop.app), check_token=authentication.remembering_check())
    monkeypatch.setitem(shop.app.extensions, WEB_KEY, small)
    hana, duri, seri = tokens(shop, "hana", "duri", "seri")
    for token in (hana, duri, hana, seri):
        assert status(shop, token) == 200
    take_key_back(shop, monkeypatch)
    assert [status(shop, token) for token in (hana, duri, seri)] == [200, 401, 200]
