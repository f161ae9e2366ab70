"""A key that signed tokens and is withdrawn: tokens of it are refused at once, also those that were used before."""

from dataclasses import replace

import pytest

from pitturu.services import KEY, services_of
from tests.shop import Shop


def status(shop: Shop, headers: dict[str, str]) -> int:
    return shop.client.get("/api/v1/me", headers=headers).status_code


@pytest.mark.parametrize("role", ["buyer", "viewer"])
def test_a_token_of_a_withdrawn_key_is_refused_at_once(shop: Shop, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = shop.login("hana", role)
    assert status(shop, headers) == 200
    services = services_of(shop.app)
    with monkeypatch.context() as meanwhile:
        settings = replace(services.settings, jwt_secret_key="no token of the tests is signed with it")
        meanwhile.setitem(shop.app.extensions, KEY, replace(services, settings=settings))
        assert status(shop, headers) == 401
    assert status(shop, headers) == 200
