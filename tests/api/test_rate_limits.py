"""The rate limits, and what counts as one caller."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitturu.services import WEB_KEY, web_services_of
from tests.shop import PASSWORD, Shop
from tests.values import BUYER

LOGIN = "/api/v1/auth/login"
ME = {"username": "hana", "password": "a wrong password"}


def login(client: FlaskClient, address: str = "198.51.100.1", path: str = LOGIN) -> Any:
    return client.post(path, json=ME, environ_base={"REMOTE_ADDR": address})


def test_guessing_passwords_is_slow(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_login="3/hour").client
    statuses = [login(client).status_code for _ in range(4)]
    answer = login(client)

    assert statuses == [401, 401, 401, 429]
    assert (answer.mimetype, answer.json["code"]) == ("application/problem+json", "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_guessing_one_accounts_password_is_slow_from_everywhere(shop_with: Callable[..., Shop]) -> None:
    """A thousand rented addresses, one attempt each. The right password is not accepted meanwhile either."""
    shop = shop_with(rate_account="3/hour")
    shop.login("hana")  # The first attempt of the three.
    right = ME | {"password": PASSWORD}

    statuses = [login(shop.client, f"198.51.100.{number}").status_code for number in range(1, 5)]
    answer = shop.client.post(LOGIN, json=right)

    assert (statuses, answer.status_code) == ([401, 401, 429, 429], 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert shop.login("minji"), "others log in"


def test_accounts_that_do_not_exist_are_throttled_alike(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_account="1/hour").client

    assert [login(client).status_code for _ in range(2)] == [401, 429]


def test_a_user_named_like_an_address_is_not_that_address(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_user="2/hour")
    headers = shop.login("127.0.0.1")

    mine = [shop.client.get("/api/v1/me", headers=headers).status_code for _ in range(3)]

    assert mine == [200, 200, 429]
    assert shop.client.get("/api/v1/items").status_code == 200, "visitors at 127.0.0.1 have their own limit"


def test_login_and_register_share_their_limit(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_login="2/hour").client

    paths = [f"/api/v1/auth/{endpoint}" for endpoint in ("register", "login", "register", "login")]

    assert [login(client, path=path).status_code for path in paths] == [201, 200, 429, 429]


def test_other_addresses_and_other_endpoints_are_not_limited(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_login="1/hour").client
    login(client)

    assert login(client, "198.51.100.1").status_code == 429
    assert login(client, "198.51.100.2").status_code == 401
    assert client.get("/api/v1/items", environ_base={"REMOTE_ADDR": "198.51.100.1"}).status_code == 200


def test_a_network_of_ipv6_is_one(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_login="1/hour").client
    login(client, "2001:db8:1:2::1")

    assert login(client, "2001:db8:1:2:ffff::7").status_code == 429
    assert login(client, "2001:db8:1:3::1").status_code == 401


def test_sessions_are_counted_by_user(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_session="2/hour")
    body = {"item_id": shop.item(), "quantity": 1, **BUYER}

    for _ in range(2):
        shop.post("/payments/sessions", body, status=201)
    shop.post("/payments/sessions", body, status=429)
    shop.post("/payments/sessions", body, "duri", status=201)
    shop.get("/me")


def test_everything_else_is_counted_together(shop_with: Callable[..., Shop]) -> None:
    shop = shop_with(rate_user="3/hour")

    for path, status in [("/me", 200), ("/me/inventory", 200), ("/items", 200), ("/me/payments", 429)]:
        shop.get(path, status=status)
    shop.get("/me", "duri")
    assert shop.client.get("/api/v1/items").status_code == 200, "nobody is somebody else"


def test_webhooks_are_counted_by_address(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_webhook="1/hour").client
    news = {"imp_uid": "imp_1", "merchant_uid": "ord1", "status": "paid"}

    assert [client.post("/api/v1/payments/webhook", json=news).status_code for _ in range(2)] == [200, 429]


def test_probes_and_pages_have_no_limit(shop_with: Callable[..., Shop]) -> None:
    client = shop_with(rate_user="1/hour").client

    assert {client.get(path).status_code for path in ("/healthz", "/healthz", "/docs", "/docs")} == {200}


def test_two_processes_count_together(shop_with: Callable[..., Shop]) -> None:
    one, other = shop_with(rate_login="1/hour").client, shop_with(rate_login="1/hour").client

    assert [login(one).status_code, login(other).status_code] == [401, 429]


def test_without_redis_each_process_counts_alone_and_logs_it_once(
    shop_with: Callable[..., Shop], caplog: pytest.LogCaptureFixture
) -> None:
    client = shop_with(rate_login="2/hour", redis_url="redis://127.0.0.1:1/0").client
    with caplog.at_level(logging.WARNING):
        statuses = [login(client).status_code for _ in range(3)]

    assert statuses == [401, 401, 429]
    assert len([record for record in caplog.records if record.message == "rates_counted_alone"]) == 1


@pytest.mark.parametrize("kind", ["login", "session", "webhook", "user"])
def test_a_rate_that_cannot_be_read_starts_nothing(app_with: Callable[..., Flask], kind: str) -> None:
    """Settings from the environment are validated earlier; these were constructed directly."""
    with pytest.raises(ValueError, match="ten a minute"):
        app_with(**{f"rate_{kind}": "ten a minute"})


def test_what_breaks_while_counting_is_not_taken_for_redis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, WEB_KEY, replace(web_services_of(app), external_issuer=None))
    answer = app.test_client().get("/api/v1/items", headers={"Authorization": "Bearer something"})

    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
